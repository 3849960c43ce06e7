#include "service/release/rate.hpp"

#include <gtest/gtest.h>

namespace service {
namespace {

using namespace std::chrono_literals;

TEST(Buckets, GiveSoManyAMinuteToEachName) {
    Buckets buckets{60};
    Buckets::Clock::time_point const now{1h};
    for (int i = 0; i < 60; ++i) EXPECT_FALSE(buckets.take("a", now));
    EXPECT_EQ(buckets.take("a", now), 1s);
    EXPECT_FALSE(buckets.take("b", now));
    EXPECT_FALSE(buckets.take("a", now + 1s));
    EXPECT_TRUE(buckets.take("a", now + 1s));
}

TEST(Buckets, HoldNoMoreNamesThanTheyMay) {
    Buckets buckets{1};
    Buckets::Clock::time_point const now{1h};
    for (int i = 0; i < 200'000; ++i) EXPECT_FALSE(buckets.take(std::to_string(i), now));
}

} // namespace
} // namespace service
