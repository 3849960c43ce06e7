#include "keep/exec/wasi/fake_sockets.hpp"
#include "keep/exec/wasi/test_application.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"

#include <map>
#include <thread>

namespace exec::wasi {
namespace {

constexpr std::uint64_t millisecond = 1'000'000;

Subscription
clock(std::uint64_t user_data, ClockId id, std::uint64_t timeout, std::uint16_t flags) {
    Subscription subscription{};
    subscription.user_data = user_data;
    subscription.tag = static_cast<std::uint8_t>(EventType::Clock);
    subscription.body.clock_or_fd = static_cast<std::uint32_t>(id);
    subscription.body.timeout_ns = timeout;
    subscription.body.clock_flags = flags;
    return subscription;
}

Subscription timeout(std::uint64_t user_data, std::uint64_t nanoseconds) {
    return clock(user_data, ClockId::Monotonic, nanoseconds, 0);
}

Subscription ready(std::uint64_t user_data, EventType type, Fd fd) {
    Subscription subscription{};
    subscription.user_data = user_data;
    subscription.tag = static_cast<std::uint8_t>(type);
    subscription.body.clock_or_fd = fd.number;
    return subscription;
}

std::uint64_t now(os::Clock which) { return *os::now_ns(which); }

struct Poll : Application {
    Poll() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        read_end = os::Fd{ends[0]};
        write_end = os::Fd{ends[1]};
        EXPECT_TRUE(context.add_stdio(read_end.number(), 0));
        EXPECT_TRUE(context.add_stdio(write_end.number(), 1));
    }

    // The events by their user data.
    std::map<std::uint64_t, Event> poll(std::vector<Subscription> const& list) {
        auto const count = static_cast<std::uint32_t>(list.size());
        auto const in = room_for<Subscription>(count);
        auto const out = room_for<Event>(count);
        auto const number = room_for<std::uint32_t>();
        for (std::uint32_t i = 0; i < count; ++i)
            EXPECT_TRUE(memory().write(GuestMemory::element(in, i), list[i]));
        error = call(&poll_oneoff, in, out, count, number);
        std::map<std::uint64_t, Event> events;
        if (error != Errno::Success) return events;
        EXPECT_GE(at(number), 1U);
        for (std::uint32_t i = 0; i < at(number); ++i) {
            auto const event = at(GuestMemory::element(out, i));
            events[event.user_data] = event;
        }
        EXPECT_EQ(events.size(), at(number));
        return events;
    }

    os::Fd read_end;
    os::Fd write_end;
    Errno error = Errno::Success;
};

TEST_F(Poll, SleepsNotShorterThanItWasAskedTo) {
    auto const before = now(os::Clock::Monotonic);
    auto const events = poll({timeout(7, 20 * millisecond)});
    EXPECT_GE(now(os::Clock::Monotonic) - before, 20 * millisecond);
    ASSERT_EQ(events.count(7), 1U);
    EXPECT_EQ(events.at(7).type, EventType::Clock);
    EXPECT_EQ(events.at(7).error, 0U);
}

TEST_F(Poll, OnlyTheFirstOfTwoClocksHasCome) {
    auto const events = poll({timeout(1, 1000 * millisecond), timeout(2, 5 * millisecond)});
    EXPECT_EQ(events.size(), 1U);
    EXPECT_EQ(events.count(2), 1U);
}

TEST_F(Poll, AnAbsoluteTimeIsMeantOnItsOwnClock) {
    auto const monotonic = now(os::Clock::Monotonic) + 10 * millisecond;
    poll({clock(1, ClockId::Monotonic, monotonic, clock_absolute)});
    EXPECT_GE(now(os::Clock::Monotonic), monotonic);
    auto const realtime = now(os::Clock::Realtime) + 10 * millisecond;
    poll({clock(1, ClockId::Realtime, realtime, clock_absolute)});
    EXPECT_GE(now(os::Clock::Realtime), realtime);
    EXPECT_EQ(poll({clock(1, ClockId::Realtime, 1, clock_absolute)}).size(), 1U);
}

TEST_F(Poll, AClockThatCannotBeWaitedForIsAnErrorOfItsEvent) {
    auto const events = poll({clock(1, ClockId::ThreadCpu, 0, 0), clock(2, ClockId{9}, 0, 0)});
    EXPECT_EQ(events.at(1).error, static_cast<std::uint16_t>(Errno::Inval));
    EXPECT_EQ(events.at(2).error, static_cast<std::uint16_t>(Errno::Inval));
}

TEST_F(Poll, NothingToWaitForIsInvalid) {
    poll({});
    EXPECT_EQ(error, Errno::Inval);
    auto subscription = timeout(1, 0);
    subscription.tag = 3;
    poll({subscription});
    EXPECT_EQ(error, Errno::Inval);
}

TEST_F(Poll, AnEmptyPipeIsNotReadyUntilSomethingComes) {
    auto events = poll({ready(1, EventType::FdRead, Fd{0}), timeout(2, millisecond)});
    EXPECT_EQ(events.count(1), 0U);
    std::thread writer{[this] {
        ::usleep(10'000);
        EXPECT_EQ(::write(write_end.number(), "abc", 3), 3);
    }};
    events = poll({ready(1, EventType::FdRead, Fd{0}), timeout(2, 10'000 * millisecond)});
    writer.join();
    ASSERT_EQ(events.count(1), 1U);
    EXPECT_EQ(events.count(2), 0U);
    EXPECT_EQ(events.at(1).type, EventType::FdRead);
    EXPECT_EQ(events.at(1).bytes, 3U);
    EXPECT_EQ(events.at(1).flags, 0U);
}

TEST_F(Poll, APipeWithoutItsOtherEndHasHungUp) {
    write_end = os::Fd{};
    auto const events = poll({ready(1, EventType::FdRead, Fd{0})});
    EXPECT_EQ(events.at(1).flags, event_hang_up);
    EXPECT_EQ(events.at(1).bytes, 0U);
    EXPECT_EQ(events.at(1).error, 0U);
}

TEST_F(Poll, OneDescriptorMayBeAskedForTwice) {
    auto const events = poll(
        {ready(1, EventType::FdWrite, Fd{1}),
         ready(2, EventType::FdWrite, Fd{1}),
         ready(3, EventType::FdRead, Fd{0})}
    );
    EXPECT_EQ(events.size(), 2U);
    EXPECT_EQ(events.count(1) + events.count(2), 2U);
}

TEST_F(Poll, FilesAreReadyAtOnceAndHideNoOtherEvent) {
    auto const file = create("file", "0123456789");
    EXPECT_EQ(::write(write_end.number(), "abc", 3), 3);
    EXPECT_EQ(read(file, 4), "0123");
    auto const events = poll(
        {ready(1, EventType::FdRead, file),
         ready(2, EventType::FdWrite, file),
         ready(3, EventType::FdRead, Fd{0}),
         timeout(4, 0),
         timeout(5, 10'000 * millisecond)}
    );
    EXPECT_EQ(events.at(1).bytes, 6U);
    EXPECT_EQ(events.count(2), 1U);
    EXPECT_EQ(events.at(3).bytes, 3U);
    EXPECT_EQ(events.count(4), 1U);
    EXPECT_EQ(events.count(5), 0U);
}

TEST_F(Poll, AWrongDescriptorIsAnErrorOfItsEvent) {
    auto const events = poll(
        {ready(1, EventType::FdRead, Fd{99}), ready(2, EventType::FdRead, root), timeout(3, 0)}
    );
    EXPECT_EQ(events.at(1).error, static_cast<std::uint16_t>(Errno::BadF));
    EXPECT_EQ(events.at(2).error, static_cast<std::uint16_t>(Errno::BadF));
    EXPECT_EQ(events.at(3).error, 0U);
}

TEST_F(Poll, NullIsAlwaysReady) {
    auto const null = context.add_null({});
    auto const events =
        poll({ready(1, EventType::FdRead, *null), ready(2, EventType::FdWrite, *null)});
    EXPECT_EQ(events.size(), 2U);
}

TEST_F(Poll, DrivesAConnectionUntilThereIsSomethingToRead) {
    net::Script script;
    script.incoming = "decrypted";
    script.rounds_until_ready = 3;
    EXPECT_EQ(::write(write_end.number(), "x", 1), 1);
    script.always_ready_fd = read_end.number();
    auto const fd = context.add_connection(std::make_unique<net::FakeConnection>(script), 0);
    auto const events = poll({ready(1, EventType::FdRead, *fd)});
    EXPECT_EQ(events.at(1).bytes, 9U);
    EXPECT_EQ(script.rounds_until_ready, 0);
}

TEST_F(Poll, APeerThatWentAwayHasHungUp) {
    net::Script script;
    script.peer_gone = true;
    auto const fd = context.add_connection(std::make_unique<net::FakeConnection>(script), 0);
    EXPECT_EQ(poll({ready(1, EventType::FdRead, *fd)}).at(1).flags, event_hang_up);
}

TEST_F(Poll, AListenerIsReadyWhenAClientWaits) {
    net::Script client;
    std::deque<net::Script*> clients;
    auto const fd = context.add_listener(std::make_unique<net::FakeListener>(clients), 0);
    EXPECT_EQ(poll({ready(1, EventType::FdRead, *fd), timeout(2, 0)}).count(1), 0U);
    clients = {&client};
    EXPECT_EQ(poll({ready(1, EventType::FdRead, *fd), timeout(2, 0)}).count(1), 1U);
}

TEST_F(Poll, ReadsAllSubscriptionsBeforeItWritesAnEvent) {
    auto const both = room_for<Subscription>(2);
    auto const number = room_for<std::uint32_t>();
    ASSERT_TRUE(memory().write(both, timeout(1, 0)));
    ASSERT_TRUE(memory().write(GuestMemory::element(both, 1), timeout(2, 0)));
    // The first event lies on the beginning of the second subscription.
    Pointer<Event> const out{both.at + std::uint32_t{sizeof(Event)}};
    static_assert(sizeof(Event) < sizeof(Subscription));
    ASSERT_EQ(call(&poll_oneoff, both, out, 2U, number), Errno::Success);
    EXPECT_EQ(at(number), 2U);
    EXPECT_EQ(at(out).user_data, 1U);
    EXPECT_EQ(at(GuestMemory::element(out, 1)).user_data, 2U);
}

TEST_F(Poll, ArraysThatLeaveMemoryAreFaults) {
    auto const number = room_for<std::uint32_t>();
    auto const in = room_for<Subscription>();
    EXPECT_EQ(call(&poll_oneoff, in, Pointer<Event>{65528}, 1U, number), Errno::Fault);
    EXPECT_EQ(
        call(&poll_oneoff, Pointer<Subscription>{0}, Pointer<Event>{0}, 60000U, number),
        Errno::Fault
    );
    EXPECT_EQ(
        call(&poll_oneoff, Pointer<Subscription>{0}, Pointer<Event>{0}, UINT32_MAX, number),
        Errno::Inval
    );
}

} // namespace
} // namespace exec::wasi
