// A true election fits; whatever an administrator does to its record is found, and named.

#include "attest/application.hpp"
#include "protocol/evidence/evidence.hpp"
#include "voting/keep/testing.hpp"
#include "voting/verify/check.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voting {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::nonce;
using testing::official_code;
using testing::small_election;
using testing::test_key;
using testing::voter_code;

std::vector<std::byte> evidence_of(Digest const& election) {
    protocol::evidence::NoHardware claims{};
    claims.application.user_data = *protocol::evidence::UserData::of(user_data(election));
    claims.report_data = attest::report_data_of(claims.application);
    auto const encoded = protocol::evidence::encode(claims);
    return {encoded.view().begin(), encoded.view().end()};
}

Record record_of(Election const& election) {
    return {
        .definition = election.definition(),
        .id = election.id(),
        .key = election.key(),
        .certificate = election.certificate(),
        .kind = "none",
        .evidence = evidence_of(election.id()),
        .board = election.board(),
        .outcome = election.outcome(),
    };
}

// Five voters: 2, 1, 2, 1, 2 (as the classic has it), and the receipts that they kept.
struct Story {
    Election election;
    std::vector<Kept> kept;

    explicit Story(int key = 1) : election{small_election(key)} {
        for (int i = 1; i <= 5; ++i) {
            std::uint32_t const choice = i % 2;
            auto const receipt = election.cast(voter_code(i), choice, nonce(i));
            kept.push_back({*receipt, Kept::Secret{nonce(i), choice}});
        }
    }
    Story& close() {
        EXPECT_TRUE(election.close(official_code(1)) && election.close(official_code(2)));
        return *this;
    }
};

Record closed_record() { return record_of(Story{}.close().election); }

std::vector<std::string> broken(Findings const& findings) {
    std::vector<std::string> rules;
    for (Finding const& finding : findings)
        if (!finding.fits) rules.emplace_back(finding.rule);
    return rules;
}

std::vector<std::string> broken(Record const& record) {
    std::vector<std::string> rules;
    for (auto const& part :
         {check_evidence(record, {}),
          check_election(record, {}),
          check_board(record),
          check_result(record)})
        std::ranges::copy(broken(part), std::back_inserter(rules));
    return rules;
}

// An administrator who has got hold of the Keep's key signs anew whatever he changed.
void forge(Record& record) {
    SigningKey const key = test_key();
    Digest head = first_head(record.id);
    for (Batch& batch : record.board) {
        std::ranges::sort(batch.commitments);
        head = batch.head = next_head(head, batch.number, batch.commitments);
        batch.signature = key.sign(batch_statement(record.id, batch).bytes());
    }
    if (!record.outcome) return;
    record.outcome->head = head;
    record.outcome->batches = record.board.size();
    record.outcome->signature = key.sign(outcome_statement(record.id, *record.outcome).bytes());
}

TEST(ElectionVerify, finds_nothing_in_a_true_election_but_that_no_hardware_vouches_for_it) {
    EXPECT_THAT(broken(closed_record()), ElementsAre("evidence.hardware"));
}

TEST(ElectionVerify, says_no_hardware_before_anything_else) {
    Findings const findings = check_evidence(closed_record(), {});
    EXPECT_FALSE(findings.front().fits);
    EXPECT_THAT(findings.front().text, ::testing::StartsWith("NO HARDWARE"));
    Record without = closed_record();
    without.kind = "missing";
    EXPECT_THAT(check_evidence(without, {}).front().text, ::testing::StartsWith("NO HARDWARE"));
}

TEST(ElectionVerify, finds_every_receipt_and_every_ballot_counted) {
    Story story;
    Record const record = record_of(story.close().election);
    for (Kept const& kept : story.kept) EXPECT_THAT(broken(check_kept(record, kept)), IsEmpty());
}

TEST(ElectionVerify, names_a_vote_that_was_dropped) {
    Record record = closed_record();
    record.board[0].commitments.pop_back();
    EXPECT_THAT(broken(record), Contains("board.chain"));
    EXPECT_THAT(broken(record), Contains("result.ballots"));
}

TEST(ElectionVerify, names_a_whole_batch_that_was_dropped) {
    Record record = closed_record();
    record.board.erase(record.board.begin());
    EXPECT_THAT(broken(record), Contains("board.number"));
    Record shorter = closed_record();
    shorter.board.pop_back();
    EXPECT_THAT(broken(shorter), Contains("result.board"));
}

TEST(ElectionVerify, names_a_vote_that_was_changed) {
    Record on_board = closed_record();
    on_board.board[0].commitments[0][5] ^= std::byte{1};
    EXPECT_THAT(broken(on_board), Contains("board.chain"));
    Record in_list = closed_record();
    in_list.outcome->ballots[0].choice ^= 1;
    EXPECT_THAT(broken(in_list), Contains("result.tally"));
    EXPECT_THAT(broken(in_list), Contains("result.signature"));
}

TEST(ElectionVerify, names_a_vote_that_was_added) {
    Record record = closed_record();
    record.board[1].commitments.push_back(Digest{});
    record.outcome->ballots.push_back({Digest{}, 0});
    ++record.outcome->tally[0];
    EXPECT_THAT(broken(record), Contains("board.chain"));
    EXPECT_THAT(broken(record), Contains("result.signature"));
    EXPECT_THAT(broken(record), Contains("result.turnout"));
}

TEST(ElectionVerify, names_a_tally_that_was_forged) {
    Record record = closed_record();
    std::swap(record.outcome->tally[0], record.outcome->tally[1]);
    EXPECT_THAT(broken(record), Contains("result.tally"));
    EXPECT_THAT(broken(record), Contains("result.signature"));
}

TEST(ElectionVerify, names_wrong_signatures) {
    Record record = closed_record();
    record.outcome->signature[0] ^= std::byte{1};
    EXPECT_THAT(broken(record), Contains("result.signature"));
    record = closed_record();
    record.board[1].signature[63] ^= std::byte{1};
    EXPECT_THAT(broken(record), Contains("board.signature"));
    Story story;
    record = record_of(story.close().election);
    story.kept[0].receipt.signature[7] ^= std::byte{1};
    EXPECT_THAT(broken(check_kept(record, story.kept[0])), ElementsAre("receipt.signature"));
}

TEST(ElectionVerify, names_evidence_of_another_keep) {
    Record record = closed_record();
    record.evidence = evidence_of(small_election(2).id());
    EXPECT_THAT(broken(record), ElementsAre("evidence.hardware", "evidence.binding"));
    record.evidence.clear();
    EXPECT_THAT(broken(record), Contains("evidence.binding"));
}

TEST(ElectionVerify, names_a_key_that_was_put_in_the_place_of_the_keeps) {
    Record record = closed_record();
    record.key = test_key(2).public_key();
    EXPECT_THAT(broken(record), Contains("election.id"));
    EXPECT_THAT(broken(record), Contains("result.signature"));
}

TEST(ElectionVerify, names_another_workload_and_another_certificate) {
    Wanted wanted{.certificate = {}, .workload = Digest{std::byte{1}}, .configuration = {}};
    EXPECT_THAT(broken(check_evidence(closed_record(), wanted)), Contains("evidence.binding"));
    wanted = {.certificate = Digest{std::byte{1}}, .workload = {}, .configuration = {}};
    EXPECT_THAT(
        broken(check_election(closed_record(), wanted)), ElementsAre("election.certificate")
    );
}

TEST(ElectionVerify, names_an_older_board_in_the_place_of_the_newer) {
    Story story;
    auto const late = story.election.cast(voter_code(6), 0, nonce(6)); // when one batch was out
    ASSERT_TRUE(late);
    Record replayed = record_of(story.election);
    replayed.board.clear();
    EXPECT_THAT(broken(check_kept(replayed, {*late, {}})), Contains("receipt.older-board"));
    story.close();
    Record with_result = record_of(story.election);
    with_result.board.pop_back();
    EXPECT_THAT(broken(with_result), Contains("result.board"));
}

TEST(ElectionVerify, names_the_board_of_another_election) {
    Story story;
    Record const other = record_of(Story{2}.close().election);
    EXPECT_THAT(broken(check_kept(other, story.close().kept[0])), ElementsAre("receipt.election"));
}

TEST(ElectionVerify, names_an_election_that_was_never_closed_and_votes_that_it_lost) {
    Story story;
    Record const record = record_of(story.election);
    EXPECT_THAT(broken(record), Contains("result.missing"));
    EXPECT_THAT(broken(check_kept(record, story.kept[4])), ElementsAre("receipt.waiting"));
    EXPECT_THAT(broken(check_kept(record, story.kept[0])), IsEmpty());
}

TEST(ElectionVerify, names_a_closing_without_quorum) {
    Record record = closed_record();
    record.outcome->closers.pop_back();
    forge(record);
    EXPECT_THAT(broken(record), Contains("result.quorum"));
}

// Beyond the promise: even with the Keep's own key some of it is seen.

TEST(ElectionVerify, with_the_keeps_key_stolen_a_vote_cannot_be_added_without_a_code) {
    Record record = closed_record();
    record.board[1].commitments.push_back(Digest{std::byte{1}});
    record.outcome->ballots.insert(record.outcome->ballots.begin(), {Digest{}, 0});
    ++record.outcome->tally[0];
    forge(record);
    EXPECT_THAT(broken(record), ElementsAre("evidence.hardware", "result.turnout"));
    record.outcome->spent.insert(record.outcome->spent.begin(), "0000000000000000");
    forge(record);
    EXPECT_THAT(broken(record), ElementsAre("evidence.hardware", "result.codes"));
}

TEST(
    ElectionVerify, with_the_keeps_key_stolen_the_voter_sees_that_his_vote_was_dropped_or_changed
) {
    Story story;
    Record record = record_of(story.close().election);
    Digest const track = tracker(record.id, nonce(1));
    std::ranges::find(record.outcome->ballots, track, &Counted::tracker)->choice = 0;
    record.outcome->tally = {3, 2};
    forge(record);
    EXPECT_THAT(broken(record), ElementsAre("evidence.hardware")); // nobody else can see it
    EXPECT_THAT(broken(check_kept(record, story.kept[0])), ElementsAre("secret.counted"));
    std::erase(record.board[0].commitments, story.kept[0].receipt.commitment);
    forge(record);
    EXPECT_THAT(broken(check_kept(record, story.kept[0])), Contains("receipt.dropped"));
}

} // namespace

} // namespace voting
