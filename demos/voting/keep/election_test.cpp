// The election's rules: one vote for a code, batches, closing by quorum.

#include "voting/keep/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voting {

namespace {

using testing::nonce;
using testing::official_code;
using testing::small_election;
using testing::voter_code;

void vote(Election& election, int voters, std::uint32_t choice = 0) {
    for (int i = 1; i <= voters; ++i) EXPECT_TRUE(election.cast(voter_code(i), choice, nonce(i)));
}

std::vector<std::uint64_t> closed_tally(Election& election) {
    EXPECT_TRUE(election.close(official_code(1)) && election.close(official_code(3)));
    return election.outcome().value_or(Outcome{}).tally;
}

TEST(Election, takes_one_vote_for_a_code) {
    Election election = small_election();
    ASSERT_TRUE(election.cast(voter_code(1), 0, nonce(1)));
    auto const second = election.cast(voter_code(1), 1, nonce(2));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), Refusal::CodeSpent);
    EXPECT_EQ(election.cast_votes(), 1U);
}

TEST(Election, gives_the_same_receipt_again_to_who_lost_it) {
    Election election = small_election();
    auto const first = election.cast(voter_code(1), 1, nonce(1));
    auto const again = election.cast(voter_code(1), 1, nonce(1));
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->signature, again->signature);
    EXPECT_EQ(election.cast_votes(), 1U);
}

TEST(Election, reads_a_code_as_people_type_it) {
    Election election = small_election();
    std::string typed = voter_code(1);
    for (char& c : typed) c = static_cast<char>(std::tolower(c));
    typed.insert(4, "-").insert(9, " ");
    EXPECT_TRUE(election.cast(typed, 0, nonce(1)));
}

TEST(Election, refuses_strangers_officials_and_choices_that_there_are_not) {
    Election election = small_election();
    EXPECT_EQ(election.cast("0000-0000-0000-0000", 0, nonce(1)).error(), Refusal::UnknownCode);
    EXPECT_EQ(election.cast("", 0, nonce(1)).error(), Refusal::UnknownCode);
    EXPECT_EQ(election.cast(official_code(1), 0, nonce(1)).error(), Refusal::UnknownCode);
    EXPECT_EQ(election.cast(voter_code(1), 2, nonce(1)).error(), Refusal::NoSuchChoice);
    EXPECT_EQ(election.cast_votes(), 0U);
}

TEST(Election, refuses_a_ballot_that_somebody_else_cast_and_leaves_the_code_unspent) {
    Election election = small_election();
    ASSERT_TRUE(election.cast(voter_code(1), 0, nonce(1)));
    EXPECT_EQ(election.cast(voter_code(2), 0, nonce(1)).error(), Refusal::BallotTaken);
    EXPECT_EQ(election.cast(voter_code(2), 1, nonce(1)).error(), Refusal::BallotTaken);
    EXPECT_TRUE(election.cast(voter_code(2), 1, nonce(2)));
}

TEST(Election, publishes_a_batch_when_another_waits_behind_it) {
    Election before = small_election(); // batches of 2
    vote(before, 3);
    EXPECT_TRUE(before.board().empty());
    Election after = small_election();
    vote(after, 4);
    ASSERT_EQ(after.board().size(), 1U);
    EXPECT_EQ(after.board()[0].commitments.size(), 2U);
    EXPECT_TRUE(std::ranges::is_sorted(after.board()[0].commitments));
}

class Batches : public ::testing::TestWithParam<int> {};

TEST_P(Batches, are_never_smaller_than_named) {
    Election election = small_election();
    vote(election, GetParam());
    closed_tally(election);
    for (Batch const& batch : election.board()) EXPECT_GE(batch.commitments.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Voters, Batches, ::testing::Range(2, 10));

TEST(Election, is_not_closed_by_one_official_nor_by_one_twice_nor_by_a_voter) {
    Election election = small_election();
    ASSERT_TRUE(election.close(official_code(1)));
    EXPECT_EQ(election.close(official_code(1)).error(), Refusal::NothingToClose);
    EXPECT_EQ(election.close(voter_code(2)).error(), Refusal::UnknownCode);
    EXPECT_FALSE(election.closed());
}

TEST(Election, closed_takes_nothing_any_more) {
    Election election = small_election();
    vote(election, 1, 1);
    EXPECT_THAT(closed_tally(election), ::testing::ElementsAre(0, 1));
    EXPECT_EQ(election.cast(voter_code(2), 0, nonce(2)).error(), Refusal::Closed);
    EXPECT_EQ(election.close(official_code(2)).error(), Refusal::Closed);
}

TEST(Election, without_votes_has_an_empty_result) {
    Election election = small_election();
    EXPECT_THAT(closed_tally(election), ::testing::ElementsAre(0, 0));
    EXPECT_TRUE(election.board().empty());
}

} // namespace

} // namespace voting
