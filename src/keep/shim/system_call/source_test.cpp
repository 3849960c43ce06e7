// Timers and signals that are read, with a host that does as it likes with the timer behind them.

#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using fake::error;

constexpr std::uint64_t read_number = 0;
constexpr std::uint64_t close_number = 3;
constexpr std::uint64_t mask_number = 14; // rt_sigprocmask
constexpr std::uint64_t dup_number = 32;
constexpr std::uint64_t kill_number = 62;
constexpr std::uint64_t tkill_number = 200;
constexpr std::uint64_t create_number = 283;
constexpr std::uint64_t set_number = 286;
constexpr std::uint64_t look_number = 287;
constexpr std::uint64_t signalfd4_number = 289;
constexpr std::uint64_t nonblocking = 0x800;
constexpr std::uint64_t millisecond = 1'000'000;
constexpr std::uint64_t never = ~0ULL;
constexpr std::uint64_t user_signal = 10;
constexpr std::uint64_t other_signal = 12;

struct Setting {
    std::uint64_t interval_s, interval_ns, left_s, left_ns;
};

struct Asked {
    Call call;
    Arguments arguments;
};

struct SourceTest : testing::Test {
    fake::World world;
    std::vector<Asked> asked;
    std::uint64_t flags = nonblocking; // of every descriptor, as the host says
    std::uint64_t next_handle = 100;
    std::function<void()> during_park = [] { throw fake::Ended{}; }; // it would wait for ever
    std::uint64_t const at = world.room(4096);

    SourceTest() {
        world.set_host([this](Call call, Arguments const& arguments, std::span<std::byte>) {
            asked.push_back({call, arguments});
            if (call == Call::TimerCreate) return static_cast<std::int64_t>(next_handle++);
            if (call == Call::Fcntl) return static_cast<std::int64_t>(flags);
            if (call == Call::Park) during_park();
            return std::int64_t{0};
        });
    }

    void pass(std::uint64_t ns) { world.kernel().clock.monotonic_ns += ns; }
    std::uint64_t timer() { return as_number(world.call(create_number, {1, nonblocking})); }
    std::int64_t set(std::uint64_t timer, std::uint64_t left_ns, std::uint64_t interval_ns) {
        Setting const setting{0, interval_ns, 0, left_ns};
        return world.call(set_number, {timer, 0, world.put(std::as_bytes(std::span{&setting, 1}))});
    }
    std::uint64_t signals(std::uint64_t which, std::uint64_t number = never) {
        auto const mask = world.put(std::as_bytes(std::span{&which, 1}));
        return as_number(world.call(signalfd4_number, {number, mask, 8, nonblocking}));
    }
    void block(std::uint64_t which) {
        auto const mask = world.put(std::as_bytes(std::span{&which, 1}));
        ASSERT_EQ(world.call(mask_number, {2, mask, 0, 8}), 0);
    }
    std::int64_t read(std::uint64_t number, std::uint64_t size = 8) {
        return world.call(read_number, {number, at, size});
    }
    std::uint64_t word() { return world.kernel().user.load<std::uint64_t>(at).value(); }
    std::uint32_t signal(std::uint64_t i = 0) {
        return world.kernel().user.load<std::uint32_t>(at + (i * 128)).value();
    }
    // What the host's timer was last told.
    std::uint64_t told() const {
        auto const last =
            std::ranges::find(asked.rbegin(), asked.rend(), Call::TimerSet, &Asked::call);
        return last == asked.rend() ? never - 1 : last->arguments[1];
    }
    static std::uint64_t as_number(std::int64_t reply) { return static_cast<std::uint64_t>(reply); }
};

TEST_F(SourceTest, a_timer_that_the_host_rings_early_has_not_run_out_and_is_to_ring_again) {
    auto const one = timer();
    ASSERT_EQ(set(one, 500 * millisecond, 0), 0);
    EXPECT_LE(told(), 500 * millisecond);
    pass(400 * millisecond);
    EXPECT_EQ(read(one), error(Errno::Again));
    EXPECT_LE(told(), 100 * millisecond);
    EXPECT_GT(told(), 99 * millisecond);
    pass(100 * millisecond);
    EXPECT_EQ(read(one), 8);
    EXPECT_EQ(word(), 1U);
    EXPECT_EQ(told(), never);
    EXPECT_EQ(std::ranges::count(asked, Call::Read, &Asked::call), 0) << "the host says nothing";
}

TEST_F(SourceTest, how_often_a_timer_ran_out_is_counted_by_the_keeps_clock) {
    auto const one = timer();
    ASSERT_EQ(set(one, 10 * millisecond, 20 * millisecond), 0);
    pass(55 * millisecond);
    EXPECT_EQ(read(one), 8);
    EXPECT_EQ(word(), 3U);
    EXPECT_LE(told(), 15 * millisecond);
    EXPECT_EQ(read(one), error(Errno::Again));
    ASSERT_EQ(world.call(look_number, {one, at}), 0);
    auto const setting = world.kernel().user.load<Setting>(at).value();
    EXPECT_EQ(setting.interval_ns, 20 * millisecond);
    EXPECT_LE(setting.left_ns, 15 * millisecond);
}

TEST_F(SourceTest, a_reader_waits_until_the_keeps_clock_is_there_however_often_the_host_wakes_it) {
    flags = 0;
    auto const one = timer();
    ASSERT_EQ(set(one, 30 * millisecond, 0), 0);
    unsigned parked = 0;
    during_park = [&] {
        if (++parked % 2 == 0) pass(10 * millisecond);
    };
    EXPECT_EQ(read(one), 8);
    EXPECT_EQ(parked, 6U);
}

TEST_F(SourceTest, a_reader_that_is_too_early_by_what_clocks_differ_waits_for_it) {
    auto const one = timer();
    ASSERT_EQ(set(one, 900 * millisecond, 0), 0);
    pass(900 * millisecond - 100'000);
    unsigned parked = 0;
    during_park = [&] { ++parked, pass(100'000); };
    EXPECT_EQ(read(one), 8);
    EXPECT_EQ(parked, 1U);
}

TEST_F(SourceTest, a_reader_that_does_not_wait_is_never_held_up_for_long) {
    auto const one = timer();
    Setting const day{0, 0, 86'400, 0};
    ASSERT_EQ(world.call(set_number, {one, 0, world.put(std::as_bytes(std::span{&day, 1}))}), 0);
    pass(86'400 * second_ns - 20 * millisecond);
    EXPECT_EQ(read(one), error(Errno::Again));
    EXPECT_LE(told(), 20 * millisecond) << "and the host's timer rings when it is time";
    EXPECT_EQ(std::ranges::count(asked, Call::Park, &Asked::call), 0);
}

TEST_F(SourceTest, a_timer_goes_with_its_last_number_and_nothing_of_it_is_found_again) {
    auto const one = timer();
    ASSERT_EQ(set(one, 1, 0), 0);
    auto const second = as_number(world.call(dup_number, {one}));
    world.call(close_number, {one});
    EXPECT_EQ(read(second), 8);
    ASSERT_EQ(set(second, 1, 0), 0);
    world.call(close_number, {second});
    EXPECT_EQ(read(second), error(Errno::BadF));
    --next_handle; // the host may use it again
    auto const other = timer();
    EXPECT_EQ(read(other), error(Errno::Again));
}

TEST_F(SourceTest, a_reader_whose_descriptor_is_closed_and_taken_by_another_reads_nothing_of_that) {
    flags = 0;
    auto const one = timer();
    ASSERT_EQ(set(one, 30 * millisecond, 0), 0);
    during_park = [&] {
        during_park = [] { throw fake::Ended{}; };
        auto& kernel = world.kernel();
        kernel.sources.forget(100);
        kernel.sources.add({.kind = Source::Kind::Timer, .handle = 100, .next = 1}).value();
    };
    EXPECT_EQ(read(one), error(Errno::BadF));
}

TEST_F(SourceTest, where_the_table_is_full_the_host_keeps_no_handle) {
    while (world.kernel().sources.add({.kind = Source::Kind::Timer, .handle = 1})) {
    }
    EXPECT_EQ(world.call(create_number, {1, 0}), error(Errno::MFile));
    EXPECT_EQ(asked.back().call, Call::Close);
    EXPECT_EQ(asked.back().arguments[0], 100U);
    EXPECT_EQ(read(0), error(Errno::BadF));
}

TEST_F(SourceTest, only_signals_that_the_program_sent_and_blocks_are_read_each_once) {
    block(signal_bit(user_signal) | signal_bit(other_signal));
    auto const file = signals(signal_bit(user_signal) | signal_bit(other_signal));
    for (std::uint64_t i = 0; i < 4096; i += 8)
        ASSERT_TRUE(world.kernel().user.store(at + i, never));
    auto& other = world.kernel().threads[1];
    world.kernel().max_threads = 2;
    other = {.state = Thread::State::Running, .id = 2, .pending = signal_bit(user_signal)};
    EXPECT_EQ(read(file, 1024), error(Errno::Again)) << "another thread is about to handle it";
    other = {};
    ASSERT_EQ(world.call(tkill_number, {1, other_signal}), 0);
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    EXPECT_EQ(told(), 0U);
    EXPECT_EQ(read(file, 127), error(Errno::Inval));
    EXPECT_EQ(read(file, 1024), 256);
    EXPECT_EQ(signal(0) + signal(1), user_signal + other_signal);
    EXPECT_EQ(world.kernel().user.load<std::uint64_t>(at + 256).value(), never);
    EXPECT_EQ(told(), never) << "the host's timer is quiet again";
    EXPECT_EQ(read(file, 1024), error(Errno::Again));
    EXPECT_EQ(std::ranges::count(asked, Call::Read, &Asked::call), 0) << "the host says nothing";
}

TEST_F(SourceTest, the_host_is_told_of_no_signal_but_that_some_are_there) {
    block(~0ULL);
    auto const file = signals(signal_bit(user_signal));
    ASSERT_EQ(world.call(kill_number, {1, other_signal}), 0);
    EXPECT_EQ(told(), never - 1) << "not of this file";
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    ASSERT_EQ(asked.back().call, Call::TimerSet);
    EXPECT_EQ(asked.back().arguments, (Arguments{100, 0}));
    asked.clear();
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    EXPECT_EQ(told(), 0U) << "an event of its own";
    signals(signal_bit(other_signal), file);
    EXPECT_EQ(read(file, 128), 128);
    EXPECT_EQ(signal(), other_signal);
    EXPECT_EQ(told(), never);
}

TEST_F(SourceTest, a_signal_that_a_handler_takes_is_not_to_be_read_any_more) {
    SignalAction const action{.handler = program_space.begin + 0x5000};
    ASSERT_EQ(
        world.call(13, {user_signal, world.put(std::as_bytes(std::span{&action, 1})), 0, 8}), 0
    );
    world.frame().rsp = world.room(64 << 10) + (64 << 10);
    block(signal_bit(user_signal));
    auto const file = signals(signal_bit(user_signal));
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    EXPECT_EQ(told(), 0U);
    block(0);
    EXPECT_EQ(world.frame().rip, action.handler);
    EXPECT_EQ(told(), never);
    EXPECT_EQ(read(file, 128), error(Errno::Again));
}

TEST_F(SourceTest, a_signal_that_would_stop_the_program_does_nothing_for_nobody_could_continue_it) {
    for (std::uint64_t const number : {19, 20, 21, 22}) {
        EXPECT_EQ(world.call(kill_number, {1, number}), 0);
        EXPECT_EQ(world.kernel().threads[0].pending, 0U);
    }
}

TEST_F(SourceTest, a_signal_to_the_program_goes_to_a_thread_that_does_not_block_it) {
    auto& kernel = world.kernel();
    kernel.max_threads = 3;
    kernel.threads[1] = {.state = Thread::State::Running, .id = 2, .blocked = ~0ULL};
    kernel.threads[2] = {.state = Thread::State::Running, .id = 3};
    block(signal_bit(user_signal));
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    EXPECT_EQ(kernel.threads[2].pending, signal_bit(user_signal));
    kernel.threads[2] = {};
    ASSERT_EQ(world.call(kill_number, {1, user_signal}), 0);
    EXPECT_EQ(kernel.pending, signal_bit(user_signal)) << "all block it: whoever is first has it";
    EXPECT_EQ(kernel.threads[0].pending | kernel.threads[1].pending, 0U);
}

} // namespace
} // namespace shim
