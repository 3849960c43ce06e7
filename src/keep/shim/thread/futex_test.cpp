#include "keep/shim/platform/fake/world.hpp"

#include <gtest/gtest.h>

namespace shim {
namespace {

constexpr std::uint64_t futex_number = 202;
constexpr std::uint64_t wake_all = 1;
constexpr std::uint64_t requeue = 3;

struct FutexTest : testing::Test {
    fake::World world;
    unsigned host_calls = 0;

    FutexTest() {
        world.kernel().max_threads = 2;
        world.set_host([this](Call, Arguments const&, std::span<std::byte>) {
            ++host_calls;
            return 0;
        });
    }
    // The second thread as it is while it waits at `at`, or after it has.
    Thread& second(std::uint64_t at) {
        auto& thread = world.kernel().threads[1];
        thread.state = Thread::State::Parked;
        thread.futex = at;
        thread.futex_mask = ~0U;
        return thread;
    }
};

TEST_F(FutexTest, a_thread_that_waits_is_woken_once) {
    auto const at = world.room(4096);
    second(at);
    EXPECT_EQ(world.call(futex_number, {at, wake_all, 0x7fff'ffff}), 1);
    EXPECT_EQ(world.call(futex_number, {at, wake_all, 0x7fff'ffff}), 0);
    EXPECT_EQ(host_calls, 1U);
}

TEST_F(FutexTest, nobody_waits_at_address_zero) {
    second(0);
    EXPECT_EQ(world.call(futex_number, {0, wake_all, 0x7fff'ffff}), 0);
    EXPECT_EQ(host_calls, 0U);
}

TEST_F(FutexTest, waiters_move_to_another_address_but_not_for_ever_to_their_own) {
    auto const at = world.room(4096);
    auto const& thread = second(at);
    EXPECT_EQ(world.call(futex_number, {at, requeue, 0, ~0ULL, at}), 0);
    EXPECT_EQ(world.call(futex_number, {at, requeue, 0, ~0ULL, at + 8}), 1);
    EXPECT_EQ(thread.futex, at + 8);
}

} // namespace
} // namespace shim
