#include "os/clock.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Clock, MonotonicNeverGoesBack) {
    auto last = os::now_ns(os::Clock::Monotonic);
    ASSERT_TRUE(last);
    for (int i = 0; i < 1000; ++i) {
        auto const next = os::now_ns(os::Clock::Monotonic);
        ASSERT_TRUE(next);
        ASSERT_GE(*next, *last);
        last = next;
    }
}

TEST(Clock, RealtimeCountsNanosecondsSince1970) {
    auto const now = os::now_ns(os::Clock::Realtime);
    ASSERT_TRUE(now);
    EXPECT_GT(*now, 1'600'000'000'000'000'000U); // September 2020
}

TEST(Clock, EachClockHasAResolutionBetweenANanosecondAndASecond) {
    for (auto const clock :
         {os::Clock::Realtime, os::Clock::Monotonic, os::Clock::ProcessCpu, os::Clock::ThreadCpu}) {
        auto const resolution = os::resolution_ns(clock);
        ASSERT_TRUE(resolution);
        EXPECT_GE(*resolution, 1U);
        EXPECT_LE(*resolution, 1'000'000'000U);
    }
}

} // namespace
