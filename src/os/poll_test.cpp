#include "os/clock.hpp"
#include "os/poll.hpp"

#include <array>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

TEST(Poll, SleepsForTheTimeThatItWasGiven) {
    auto const before = os::now_ns(os::Clock::Monotonic);
    auto const ready = os::poll({}, 20'000'000);
    auto const after = os::now_ns(os::Clock::Monotonic);
    ASSERT_TRUE(before && after && ready);
    EXPECT_EQ(*ready, 0U);
    EXPECT_GE(*after - *before, 20'000'000U);
}

TEST(Poll, SaysWhichDescriptorIsReady) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], "x", 1), 1);
    std::array<pollfd, 1> set{pollfd{.fd = ends[0], .events = POLLIN, .revents = 0}};
    auto const ready = os::poll(set, {});
    ASSERT_TRUE(ready);
    EXPECT_EQ(*ready, 1U);
    EXPECT_TRUE((set[0].revents & POLLIN) != 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

} // namespace
