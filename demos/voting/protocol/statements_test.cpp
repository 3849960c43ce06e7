// Statements: what differs in any field differs as a whole.

#include "voting/protocol/statements.hpp"

#include <gtest/gtest.h>

namespace voting {

namespace {

TEST(Transcript, keeps_fields_apart) {
    auto const bytes = [](std::string_view a, std::string_view b) {
        return Transcript{"test"}.add(base::view_of(a)).add(base::view_of(b)).digest();
    };
    EXPECT_NE(bytes("ab", "c"), bytes("a", "bc"));
    EXPECT_NE(bytes("", "abc"), bytes("abc", ""));
    EXPECT_NE(Transcript{"a"}.digest(), Transcript{"b"}.digest());
    EXPECT_NE(Transcript{"a"}.add(base::view_of("b")).digest(), Transcript{"ab"}.digest());
}

TEST(Ballot, differs_by_election_nonce_and_choice_and_from_its_tracker) {
    Digest const one{};
    Digest const other{std::byte{1}};
    Nonce const nonce{};
    Nonce const another{std::byte{1}};
    Digest const ballot = commitment(one, nonce, 0);
    EXPECT_NE(ballot, commitment(one, nonce, 1));
    EXPECT_NE(ballot, commitment(one, another, 0));
    EXPECT_NE(ballot, commitment(other, nonce, 0));
    EXPECT_NE(ballot, tracker(one, nonce));
}

TEST(Signature, is_of_one_key_and_one_statement) {
    SigningKey const key = SigningKey::from_seed({});
    auto const signature = key.sign(base::view_of("said"));
    EXPECT_TRUE(verify(key.public_key(), base::view_of("said"), signature));
    EXPECT_FALSE(verify(key.public_key(), base::view_of("unsaid"), signature));
    auto const other = SigningKey::create();
    ASSERT_TRUE(other);
    EXPECT_FALSE(verify(other->public_key(), base::view_of("said"), signature));
}

} // namespace

} // namespace voting
