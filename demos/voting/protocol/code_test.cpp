// Codes as people type them.

#include "voting/protocol/code.hpp"

#include <gtest/gtest.h>

namespace voting {

namespace {

TEST(Code, is_read_whatever_its_case_spaces_and_dashes) {
    EXPECT_EQ(normalised_code("abcd-efgh jkmn-pqrs"), "ABCDEFGHJKMNPQRS");
    EXPECT_EQ(normalised_code("ABCDEFGHJKMNPQRS"), "ABCDEFGHJKMNPQRS");
}

TEST(Code, is_read_with_the_letters_that_look_like_digits) {
    EXPECT_EQ(normalised_code("oOiI-lL00-0000-0000"), "0011110000000000");
}

TEST(Code, is_none_where_it_is_short_long_or_has_other_letters) {
    EXPECT_FALSE(normalised_code(""));
    EXPECT_FALSE(normalised_code("ABCDEFGHJKMNPQR"));
    EXPECT_FALSE(normalised_code("ABCDEFGHJKMNPQRST"));
    EXPECT_FALSE(normalised_code("ABCDEFGHJKMNPQRU"));
    EXPECT_FALSE(normalised_code("ABCDEFGHJKMNPQR\xc3"));
}

TEST(Code, is_printed_in_groups_that_are_read_back) {
    EXPECT_EQ(printed_code("ABCDEFGHJKMNPQRS"), "ABCD-EFGH-JKMN-PQRS");
    EXPECT_EQ(normalised_code(printed_code("ABCDEFGHJKMNPQRS")), "ABCDEFGHJKMNPQRS");
}

TEST(Code, of_a_voter_is_none_of_an_official_nor_of_another_election) {
    auto const salt = base::view_of("salt");
    auto const other = base::view_of("other");
    auto const digest = code_digest(CodeKind::Voter, salt, "ABCDEFGHJKMNPQRS");
    EXPECT_NE(digest, code_digest(CodeKind::Official, salt, "ABCDEFGHJKMNPQRS"));
    EXPECT_NE(digest, code_digest(CodeKind::Voter, other, "ABCDEFGHJKMNPQRS"));
}

} // namespace

} // namespace voting
