#include "base/hex.hpp"

#include <array>

#include <gtest/gtest.h>

namespace {

std::string again(std::string_view digits) {
    auto const bytes = base::unhex(digits);
    return bytes ? base::hex(*bytes) : "refused";
}

TEST(Hex, WritesEachByteAsTwoDigits) {
    EXPECT_EQ(base::hex({}), "");
    EXPECT_EQ(base::hex(base::view_of("foobar")), "666f6f626172"); // RFC 4648, 10
    EXPECT_EQ(base::hex(base::view_of("\x01\x7f\x80\xff")), "017f80ff");
}

TEST(Hex, IsReadInEitherCase) {
    EXPECT_EQ(again("666F6F626172"), "666f6f626172");
    EXPECT_EQ(again("09aAfF"), "09aaff");
    EXPECT_EQ(again(""), "");
}

TEST(Hex, IsNoTextWithAnythingElseNorWithHalfAByte) {
    for (auto const* digits :
         {"0",
          "000",
          "0x00",
          "0g",
          "g0",
          "0 ",
          " 0",
          "0/",
          "0:",
          "0@",
          "0G",
          "0`",
          "+1",
          "-1",
          "\xff\xff"})
        EXPECT_EQ(again(digits), "refused") << digits;
}

TEST(Hex, FillsWhatItIsReadIntoOrIsRefused) {
    std::array<std::byte, 2> out{};
    EXPECT_TRUE(base::unhex("12ab", out));
    EXPECT_EQ(base::hex(out), "12ab");
    for (auto const* digits : {"", "12", "12a", "12abc", "12abcd"})
        EXPECT_FALSE(base::unhex(digits, out)) << digits;
}

} // namespace
