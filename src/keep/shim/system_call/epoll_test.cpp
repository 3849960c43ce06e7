#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using fake::error;
using protocol::hostcall::EpollEvent;

constexpr std::uint64_t close_number = 3;
constexpr std::uint64_t epoll_wait_number = 232;
constexpr std::uint64_t epoll_ctl_number = 233;
constexpr std::uint64_t eventfd2_number = 290;
constexpr std::uint64_t epoll_create1_number = 291;
constexpr std::uint64_t add = 1;
constexpr std::uint64_t remove = 2;
constexpr std::uint64_t modify = 3;
constexpr std::uint32_t in = 1;
constexpr std::uint32_t out = 4;
constexpr std::uint32_t hang_up = 0x10;
constexpr std::uint64_t epoll = 4; // descriptors; their handles are 100 higher
constexpr std::uint64_t other_epoll = 5;
constexpr std::uint64_t pointer = 0x1122'3344'5566'7788;

struct [[gnu::packed]] Event {
    std::uint32_t events;
    std::uint64_t data;
};

struct Asked {
    Call call;
    Arguments arguments;
};

// A host that takes every change and tells of the events that a test chooses.
struct EpollTest : testing::Test {
    fake::World world;
    std::vector<Asked> asked;
    std::vector<EpollEvent> told;
    std::int64_t answer_to_change = 0;
    std::uint64_t const at = world.room(8 * sizeof(Event));

    EpollTest() {
        for (std::uint32_t i = 0; i < 8; ++i)
            world.kernel().files.put(i, {.kind = File::Kind::Host, .handle = 100 + i});
        world.kernel().files.put(8, {.kind = File::Kind::Memory});
        world.set_host([this](Call call, Arguments const& arguments, std::span<std::byte> block) {
            asked.push_back({call, arguments});
            if (call == Call::EpollCtl) return answer_to_change;
            if (call != Call::EpollWait) return std::int64_t{0};
            std::ranges::copy(std::as_bytes(std::span{told}), block.begin());
            auto const count = static_cast<std::int64_t>(told.size());
            told.clear();
            return count;
        });
    }
    std::int64_t control(
        std::uint64_t change,
        std::uint64_t target,
        std::uint32_t wanted,
        std::uint64_t word,
        std::uint64_t of = epoll
    ) {
        Event const event{wanted, word};
        auto const from = world.put(std::as_bytes(std::span{&event, 1}));
        return world.call(epoll_ctl_number, {of, change, target, from});
    }
    std::int64_t wait(std::uint64_t of = epoll, std::uint64_t most = 8) {
        return world.call(epoll_wait_number, {of, at, most, 0});
    }
    std::uint32_t events(std::uint64_t i) {
        return world.kernel().user.load<Event>(at + (i * sizeof(Event))).value().events;
    }
    std::uint64_t data(std::uint64_t i) {
        return world.kernel().user.load<Event>(at + (i * sizeof(Event))).value().data;
    }
    std::uint64_t place_of_last_change() const { return asked.back().arguments[4]; }
};

TEST_F(EpollTest, the_programs_word_stays_in_the_keep_and_comes_back_with_its_event) {
    ASSERT_EQ(control(add, 1, in, 1), 0);
    ASSERT_EQ(control(add, 2, in | out, pointer), 0);
    for (auto const& [call, arguments] : asked)
        for (auto const word : arguments) EXPECT_NE(word, pointer);
    told = {{place_of_last_change(), out, 0}};
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(events(0), out);
    EXPECT_EQ(data(0), pointer);
    ASSERT_EQ(control(modify, 2, in, pointer + 1), 0);
    told = {{place_of_last_change(), in, 0}};
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(data(0), pointer + 1);
}

TEST_F(EpollTest, an_event_of_nothing_that_is_watched_is_dropped) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    auto const place = place_of_last_change();
    for (std::uint64_t const lie :
         {place + 1, std::uint64_t{8191}, std::uint64_t{8192}, pointer, ~std::uint64_t{0}}) {
        told = {{lie, in, 0}};
        EXPECT_EQ(wait(), 0) << lie;
    }
    told = {{place, in, 0}};
    EXPECT_EQ(wait(other_epoll), 0) << "watched by another epoll";
    told = {{place + 1, in, 0}, {place, in, 0}, {place + 1, in, 0}};
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(data(0), pointer);
}

TEST_F(EpollTest, an_event_that_was_not_asked_for_is_dropped_but_errors_and_hang_ups_are_told) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    auto const place = place_of_last_change();
    told = {{place, out, 0}};
    EXPECT_EQ(wait(), 0);
    told = {{place, ~0U, 0}};
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(events(0), in | 0x18);
    told = {{place, hang_up, 0}};
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(events(0), hang_up);
}

TEST_F(EpollTest, a_host_that_tells_more_events_than_there_is_room_for_is_a_protocol_error) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    told.assign(3, {place_of_last_change(), in, 0});
    EXPECT_EQ(wait(epoll, 2), error(Errno::Proto));
    EXPECT_EQ(data(0), 0U);
}

TEST_F(EpollTest, a_descriptor_that_is_closed_or_taken_out_is_not_watched_any_more) {
    for (bool const closes : {false, true}) {
        ASSERT_EQ(control(add, 1, in, pointer), 0);
        auto const place = place_of_last_change();
        if (closes)
            world.call(close_number, {1});
        else
            EXPECT_EQ(control(remove, 1, 0, 0), 0);
        told = {{place, in, 0}};
        EXPECT_EQ(wait(), 0);
    }
    EXPECT_EQ(control(modify, 2, in, 0), error(Errno::NoEnt));
    EXPECT_EQ(control(remove, 2, in, 0), error(Errno::NoEnt));
}

TEST_F(EpollTest, an_epoll_that_is_closed_watches_nothing) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    world.call(close_number, {epoll});
    world.kernel().files.put(epoll, {.kind = File::Kind::Host, .handle = 100 + epoll});
    EXPECT_EQ(control(modify, 1, in, 0), error(Errno::NoEnt));
}

// The host is free to give the closed one's handle to the new one, and so is the shim its place.
TEST_F(EpollTest, a_wait_on_an_epoll_that_is_closed_meanwhile_tells_nothing_of_the_next_one) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    auto const place = place_of_last_change();
    world.set_host([&](Call call, Arguments const&, std::span<std::byte> block) {
        if (call != Call::EpollWait) return std::int64_t{0};
        auto& kernel = world.kernel();
        kernel.watches.forget(100 + epoll);
        kernel.files.put(epoll, {.kind = File::Kind::Host, .handle = 100 + epoll, .opened = 1});
        auto* const watch = kernel.watches.add(100 + epoll, 102).value();
        watch->events = in, watch->data = pointer + 1;
        EXPECT_EQ(kernel.watches.place(*watch), place);
        EpollEvent const event{place, in, 0};
        std::ranges::copy(std::as_bytes(std::span{&event, 1}), block.begin());
        return std::int64_t{1};
    });
    EXPECT_EQ(wait(), error(Errno::BadF));
    EXPECT_EQ(data(0), 0U);
}

TEST_F(EpollTest, what_the_host_did_not_take_is_not_watched) {
    answer_to_change = error(Errno::Perm);
    EXPECT_EQ(control(add, 1, in, pointer), error(Errno::Perm));
    auto const place = place_of_last_change();
    told = {{place, in, 0}};
    EXPECT_EQ(wait(), 0);
    answer_to_change = 0;
    EXPECT_EQ(control(add, 1, in, pointer), 0);
    EXPECT_EQ(control(add, 1, in, pointer), error(Errno::Exist));
}

TEST_F(EpollTest, a_file_in_memory_cannot_be_watched_nor_can_what_is_not_open) {
    EXPECT_EQ(control(add, 8, in, 0), error(Errno::Perm));
    EXPECT_EQ(control(add, 99, in, 0), error(Errno::BadF));
    EXPECT_EQ(control(7, 1, in, 0), error(Errno::NoEnt));
    EXPECT_TRUE(asked.empty());
}

TEST_F(EpollTest, bytes_that_poll_received_ahead_are_an_event) {
    ASSERT_EQ(control(add, 1, in, pointer), 0);
    ASSERT_EQ(control(add, 2, out, pointer + 1), 0);
    ASSERT_TRUE(world.kernel().batch.received(101, 5));
    ASSERT_TRUE(world.kernel().batch.received(102, 5));
    EXPECT_EQ(wait(), 1);
    EXPECT_EQ(events(0), in);
    EXPECT_EQ(data(0), pointer);
    EXPECT_EQ(wait(other_epoll), 0);
}

TEST_F(EpollTest, the_table_of_what_is_watched_can_be_full) {
    auto& watches = world.kernel().watches;
    for (std::uint32_t i = 0; i < Watches::max_watches; ++i) ASSERT_TRUE(watches.add(1, i));
    EXPECT_EQ(control(add, 1, in, 0), error(Errno::NoSpc));
    watches.forget(1);
    EXPECT_EQ(control(add, 1, in, 0), 0);
}

TEST_F(EpollTest, waiting_without_room_or_with_a_bad_buffer_asks_nobody) {
    EXPECT_EQ(wait(epoll, 0), error(Errno::Inval));
    EXPECT_EQ(world.call(epoll_wait_number, {epoll, 16, 8, 0}), error(Errno::Fault));
    EXPECT_TRUE(asked.empty());
}

TEST_F(EpollTest, handles_of_new_objects_are_checked) {
    EXPECT_EQ(world.call(epoll_create1_number, {0x80000}), 9);
    EXPECT_TRUE(world.kernel().files.find(9)->close_on_exec);
    EXPECT_EQ(world.call(eventfd2_number, {3, 1}), error(Errno::Proto)) << "handle 0 is in use";
    EXPECT_EQ(asked.back().arguments[0], 3U);
    EXPECT_EQ(asked.back().arguments[1], 1U);
}

} // namespace
} // namespace shim
