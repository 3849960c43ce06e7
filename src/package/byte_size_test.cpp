#include "package/byte_size.hpp"

#include <gtest/gtest.h>

namespace {

using package::parse_byte_size;

TEST(ByteSize, ReadsPlainBytesAndPowersOf1024) {
    EXPECT_EQ(parse_byte_size("0"), 0U);
    EXPECT_EQ(parse_byte_size("65536"), 65536U);
    EXPECT_EQ(parse_byte_size("64K"), 65536U);
    EXPECT_EQ(parse_byte_size("512M"), 512ULL << 20);
    EXPECT_EQ(parse_byte_size("2GiB"), 2ULL << 30);
    EXPECT_EQ(parse_byte_size("1T"), 1ULL << 40);
}

TEST(ByteSize, RefusesWhatIsNoSize) {
    for (auto const* text :
         {"", "M", "-1", "+1", "1.5G", "1 G", "512m", "512MB", "1KK", "0x10", "1iB"})
        EXPECT_FALSE(parse_byte_size(text)) << text;
}

TEST(ByteSize, RefusesWhat64BitsDoNotHold) {
    EXPECT_EQ(parse_byte_size("18446744073709551615"), UINT64_MAX);
    EXPECT_FALSE(parse_byte_size("18446744073709551616"));
    EXPECT_FALSE(parse_byte_size("16777216T"));
}

} // namespace
