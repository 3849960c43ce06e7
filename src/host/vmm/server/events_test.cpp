// Timers, epoll's waking objects and pipes as the host makes them for a Keep.

#include "host/vmm/server/keep_for_tests.hpp"

#include <chrono>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

namespace host::vmm {
namespace {

using base::Errno;
using protocol::hostcall::Call;

constexpr std::uint64_t never = ~0ULL;
constexpr std::uint64_t millisecond = 1'000'000;

struct EventsTest : testing::Test {
    KeepForTests keep;

    std::uint64_t timer() { return keep.call(Call::TimerCreate, {0}).value(); }
    bool set(std::uint64_t timer, std::uint64_t ns) {
        return keep.call(Call::TimerSet, {timer, ns}).has_value();
    }
    bool rings(std::uint64_t timer, int wait_ms) {
        auto const open = keep.server.handles().find(timer).value();
        pollfd entry{.fd = open->number(), .events = POLLIN, .revents = 0};
        return ::poll(&entry, 1, wait_ms) == 1;
    }
};

TEST_F(EventsTest, a_timer_that_is_to_ring_now_has_rung_when_the_call_returns) {
    auto const one = timer();
    EXPECT_FALSE(rings(one, 0));
    for (unsigned i = 0; i < 200; ++i) {
        ASSERT_TRUE(set(one, 0));
        ASSERT_TRUE(rings(one, 0)) << i;
        ASSERT_TRUE(set(one, never));
        ASSERT_FALSE(rings(one, 0)) << i;
    }
}

TEST_F(EventsTest, a_timer_rings_when_its_time_has_come_and_not_before) {
    using Clock = std::chrono::steady_clock;
    auto const one = timer();
    auto const begin = Clock::now();
    ASSERT_TRUE(set(one, 20 * millisecond));
    EXPECT_TRUE(rings(one, 5000));
    EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds{20});
    ASSERT_TRUE(set(one, 3'600'000 * millisecond));
    EXPECT_FALSE(rings(one, 0)) << "what it rang before is forgotten";
    ASSERT_TRUE(set(one, never - 1));
    EXPECT_FALSE(rings(one, 0));
}

TEST_F(EventsTest, only_timers_are_set_and_only_as_the_row_says) {
    EXPECT_EQ(keep.call(Call::TimerCreate, {TFD_CLOEXEC}).error(), Errno::Inval);
    EXPECT_EQ(keep.call(Call::TimerCreate, {~0ULL}).error(), Errno::Inval);
    auto const other = keep.call(Call::EventFd, {0, 0}).value();
    EXPECT_EQ(keep.call(Call::TimerSet, {other, 0}).error(), Errno::Inval);
    EXPECT_EQ(keep.call(Call::TimerSet, {99, 0}).error(), Errno::BadF);
    auto const waits_not = keep.call(Call::TimerCreate, {O_NONBLOCK}).value();
    auto const flags = keep.call(Call::Fcntl, {waits_not, F_GETFL, 0});
    EXPECT_EQ(flags.value() & O_NONBLOCK, static_cast<unsigned>(O_NONBLOCK));
}

// A call of another thread may be under way with the old one.
TEST_F(EventsTest, the_handle_of_a_closed_file_is_not_the_next_ones) {
    auto& handles = keep.server.handles();
    std::set<std::uint32_t> given;
    for (unsigned i = 0; i < 250; ++i) {
        auto const handle = handles.add(os::Fd{}, Rights::ReadWrite).value();
        EXPECT_TRUE(given.insert(handle).second) << handle;
        EXPECT_LT(handle, 1U << 24) << "a late send has no more room for it";
        EXPECT_TRUE(handles.find(handle));
        EXPECT_TRUE(handles.close(handle));
        for (auto const old : given) EXPECT_FALSE(handles.find(old) || handles.close(old));
    }
}

TEST_F(EventsTest, a_pipe_of_which_only_one_end_gets_a_handle_leaves_none) {
    auto& handles = keep.server.handles();
    std::uint64_t last = 0;
    while (auto const added = handles.add(os::Fd{}, Rights::ReadWrite)) last = *added;
    ASSERT_TRUE(handles.close(last));
    std::array<std::uint32_t, 2> const room{};
    EXPECT_EQ(keep.call(Call::Pipe, {keep.put_value(room), 0}).error(), Errno::NFile);
    EXPECT_TRUE(handles.add(os::Fd{}, Rights::ReadWrite)) << "the place of the other end is free";
}

// The kernel counts entries against the limit of descriptors, even those that ask for nothing.
TEST_F(EventsTest, a_poll_has_as_many_entries_as_the_keep_likes_whatever_the_hosts_own_limit) {
    ::rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    ::rlimit const few{.rlim_cur = 256, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    auto const one = timer();
    EXPECT_TRUE(set(one, 0));
    constexpr std::size_t last = 8191;
    std::array<protocol::hostcall::Polled, last + 1> entries{};
    for (auto& entry : entries) entry = {-1, POLLIN, 0};
    entries[7] = {static_cast<std::int32_t>(one), POLLOUT, 0};
    entries[last] = {static_cast<std::int32_t>(one), POLLIN, 0};
    auto const at = keep.put_value(entries);
    EXPECT_EQ(keep.call(Call::Poll, {at, never}), 1U);
    ::setrlimit(RLIMIT_NOFILE, &before);
    std::memcpy(entries.data(), keep.data().data(), sizeof entries);
    for (std::size_t i = 0; i <= last; ++i) EXPECT_EQ(entries[i].found, i == last ? POLLIN : 0);
}

} // namespace
} // namespace host::vmm
