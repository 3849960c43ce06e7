#include "host/cli/deploy/input.hpp"

#include <string>

#include <gtest/gtest.h>

namespace host::cli {
namespace {

std::string text(std::optional<std::vector<std::vector<std::byte>>> const& pieces) {
    if (!pieces) return "lost";
    std::string out;
    for (auto const& piece : *pieces)
        out += piece.empty() ? "|" : std::string{base::text_of(piece)};
    return out;
}

TEST(Input, IsSentAgainFromWhereTheKeepHasIt) {
    Input input;
    input.add(base::view_of("abc"));
    input.add(base::view_of("def"));
    EXPECT_EQ(text(input.from(0)), "abcdef");
    EXPECT_EQ(text(input.from(4)), "ef");
    EXPECT_EQ(text(input.from(6)), "");
    EXPECT_EQ(text(input.from(7)), "");
}

TEST(Input, HasAnEndThatCountsAsOne) {
    Input input;
    input.add(base::view_of("abc"));
    EXPECT_FALSE(input.ended());
    input.add({});
    EXPECT_TRUE(input.ended());
    EXPECT_EQ(text(input.from(1)), "bc|");
    EXPECT_EQ(text(input.from(3)), "|");
    EXPECT_EQ(text(input.from(4)), "");
}

TEST(Input, IsKeptUpToALimitAndNothingIsLeftOutUnnoticed) {
    Input input{4};
    input.add(base::view_of("abc"));
    input.add(base::view_of("def"));
    EXPECT_EQ(text(input.from(2)), "cdef");
    EXPECT_EQ(text(input.from(1)), "lost");
}

TEST(Input, GoesOnBehindWhatSomebodyElseHasSentBefore) {
    Input input;
    EXPECT_EQ(text(input.from(100)), "");
    input.add(base::view_of("abc"));
    EXPECT_EQ(text(input.from(101)), "bc");
    EXPECT_EQ(text(input.from(99)), "lost");
}

TEST(Input, ComesInPiecesOfWhichNoneIsLongerThanAFrameOfIt) {
    Input input;
    std::string const large(3 * Input::piece / 2, 'x');
    input.add(base::view_of(large));
    auto const pieces = input.from(1);
    ASSERT_TRUE(pieces);
    ASSERT_EQ(pieces->size(), 2U);
    EXPECT_EQ(pieces->front().size(), Input::piece);
    EXPECT_EQ(pieces->back().size(), Input::piece / 2 - 1);
}

} // namespace
} // namespace host::cli
