#include "attest/wrapped/json_text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using Bytes = std::vector<std::byte>;

std::optional<Bytes> bytes_of(std::string_view text) {
    auto const tree = json::Tree::parse(text);
    if (!tree) throw std::runtime_error("no JSON: " + std::string{text});
    return wrapped::bytes_of_numbers(tree->root());
}

TEST(JsonText, EscapesBecomeWhatTheyStandFor) {
    EXPECT_EQ(wrapped::unescaped(R"(a\nb\r\t\"\\\/)"), "a\nb\r\t\"\\/");
    EXPECT_EQ(wrapped::unescaped(""), "");
}

TEST(JsonText, AnythingElseIsNoTextThatCouldSpellBytes) {
    for (auto const* text : {"\\u0041", "\\x", "a\\", "\xc3\xa4", "\\\xc3"})
        EXPECT_EQ(wrapped::unescaped(text), std::nullopt) << text;
}

TEST(JsonNumbers, OfOneByteEachAreBytes) {
    EXPECT_EQ(bytes_of("[0, 1,255]"), (Bytes{std::byte{0}, std::byte{1}, std::byte{255}}));
}

TEST(JsonNumbers, OneThatIsNoByteMakesThemOtherNumbers) {
    for (auto const* text :
         {"[]",
          "[1,256]",
          "[1,-1]",
          "[1,1.0]",
          "[1,1e1]",
          "[1,\"1\"]",
          "[1,null]",
          "[1,[1]]",
          "{\"a\":1}",
          "1"})
        EXPECT_EQ(bytes_of(text), std::nullopt) << text;
}

} // namespace
