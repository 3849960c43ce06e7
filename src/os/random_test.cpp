#include "os/random.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace {

TEST(Random, TwoDrawsOf32BytesDiffer) {
    std::vector<std::byte> first(32);
    std::vector<std::byte> second(32);
    ASSERT_TRUE(os::random(first));
    ASSERT_TRUE(os::random(second));
    EXPECT_NE(first, second);
}

TEST(Random, FillsMoreThanOneSystemCallGives) {
    std::vector<std::byte> many((64U << 20) + 1);
    ASSERT_TRUE(os::random(many));
    EXPECT_FALSE(std::ranges::all_of(std::span{many}.last(64), [](auto b) {
        return b == std::byte{0};
    }));
}

TEST(Random, NothingIsAFineRequest) { EXPECT_TRUE(os::random({})); }

} // namespace
