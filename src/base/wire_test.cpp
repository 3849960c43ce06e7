#include "base/wire.hpp"

#include <gtest/gtest.h>

namespace {

struct Pair {
    base::U16 first;  // 0x00
    base::U32 second; // 0x02
};
static_assert(base::Wire<Pair> && sizeof(Pair) == 6);

TEST(Wire, TakesLittleEndianNumbersOffTheFront) {
    std::array const bytes{
        std::byte{0x34},
        std::byte{0x12},
        std::byte{0x78},
        std::byte{0x56},
        std::byte{0x34},
        std::byte{0x12},
        std::byte{0xff}
    };
    std::span<std::byte const> in{bytes};
    auto const pair = base::take<Pair>(in);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->first, 0x1234);
    EXPECT_EQ(pair->second, 0x12345678U);
    EXPECT_EQ(in.size(), 1U);
}

TEST(Wire, TakesNothingFromInputThatIsTooShort) {
    std::array<std::byte, 5> const bytes{};
    std::span<std::byte const> in{bytes};
    EXPECT_FALSE(base::take<Pair>(in));
    EXPECT_EQ(in.size(), 5U);
}

} // namespace
