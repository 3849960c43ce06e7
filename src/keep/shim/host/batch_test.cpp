#include "keep/shim/host/batch.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <cstring>
#include <deque>
#include <string>

#include <gtest/gtest.h>

namespace shim {
namespace {

namespace hostcall = protocol::hostcall;
using base::Errno;
using fake::error;
using hostcall::Header;
using hostcall::Polled;

constexpr std::uint64_t close_number = 3;
constexpr std::uint64_t poll_number = 7;
constexpr std::uint64_t ioctl_number = 16;
constexpr std::uint64_t dup_number = 32;
constexpr std::uint64_t socket_number = 41;
constexpr std::uint64_t sendto_number = 44;
constexpr std::uint64_t recvfrom_number = 45;
constexpr std::uint64_t accept4_number = 288;
constexpr std::uint64_t dont_wait = 0x40;
constexpr std::uint64_t peek = 2;
constexpr std::uint64_t nonblocking = 0x800;
constexpr std::int16_t readable = 1;

// A host with one socket, that keeps the rules as long as the test does not say otherwise.
struct BatchTest : testing::Test {
    fake::World world;
    std::vector<Call> calls;
    std::string sent;             // by the socket, late or not
    std::deque<std::string> came; // what the socket would give
    std::uint64_t room = 1 << 20; // that the host tells
    std::int32_t ahead_lie = 0;   // instead of the number of bytes received ahead
    std::uint64_t carried_out = 0;
    std::uint64_t number = 0; // of the program's socket
    std::uint64_t at = world.room(1 << 20);

    BatchTest() {
        header().late_ok = 1;
        world.kernel().host.set_patience(1'000'000);
        world.set_host([this](Call call, Arguments const& a, std::span<std::byte> data) {
            calls.push_back(call);
            flush();
            return answer(call, a, data);
        });
        number = static_cast<std::uint64_t>(world.call(socket_number, {2, 1 | nonblocking, 0}));
        calls.clear();
    }

    Header& header() { return *reinterpret_cast<Header*>(world.block().data()); }

    void flush() {
        for (; carried_out < header().late; ++carried_out) {
            std::uint64_t word = 0;
            auto const i = carried_out % hostcall::most_late * sizeof word;
            std::memcpy(&word, world.batch().data() + i, sizeof word);
            auto const late = hostcall::Late::decode(word);
            ASSERT_TRUE(late.inside());
            EXPECT_EQ(late.handle, 9U);
            auto const bytes =
                world.batch().subspan(hostcall::late_offset + late.offset, late.size);
            sent.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
            std::memcpy(world.batch().data() + hostcall::room_offset + i, &room, sizeof room);
        }
    }

    std::int64_t answer(Call call, Arguments const& a, std::span<std::byte> data) {
        auto const text = [&](std::uint64_t extent) {
            return std::string{
                reinterpret_cast<char const*>(data.data() + (extent & 0xffff'ffff)), extent >> 32
            };
        };
        if (call == Call::Socket) return 9;
        if (call == Call::SendTo) {
            sent += text(a[1]);
            header().room = room;
            return static_cast<std::int64_t>(a[1] >> 32);
        }
        if (call == Call::Poll) return poll(data);
        if (call == Call::RecvFrom && !came.empty()) {
            auto const got = std::exchange(came.front(), {});
            came.pop_front();
            std::memcpy(data.data() + (a[1] & 0xffff'ffff), got.data(), got.size());
            return static_cast<std::int64_t>(got.size());
        }
        if (call == Call::RecvFrom || call == Call::Accept) return error(Errno::Again);
        return 0;
    }

    // Of one entry, which is the socket.
    std::int64_t poll(std::span<std::byte> data) {
        Polled entry{};
        std::memcpy(&entry, data.data(), sizeof entry);
        bool const wants = (entry.wanted_or_drained & hostcall::poll_ahead) != 0;
        entry = {.handle_or_ahead = 0, .wanted_or_drained = 0, .found = 0};
        if (!came.empty()) entry.found = readable;
        if (!came.empty() && wants) {
            auto const got = std::exchange(came.front(), {});
            came.pop_front();
            std::memcpy(world.batch().data() + hostcall::ahead_offset, got.data(), got.size());
            entry.handle_or_ahead = static_cast<std::int32_t>(got.size());
            entry.wanted_or_drained = came.empty() ? 1 : 0;
        }
        if (ahead_lie != 0) entry.handle_or_ahead = ahead_lie;
        std::memcpy(data.data(), &entry, sizeof entry);
        return entry.found != 0 ? 1 : 0;
    }

    std::int64_t send(std::string_view text, std::uint64_t flags = dont_wait) {
        EXPECT_TRUE(world.kernel().user.write(at, std::as_bytes(std::span{text})));
        return world.call(sendto_number, {number, at, text.size(), flags, 0, 0});
    }

    // What is received, or "errno N".
    std::string receive(std::uint64_t size = 1000, std::uint64_t flags = dont_wait) {
        auto const got = world.call(recvfrom_number, {number, at, size, flags, 0, 0});
        if (got < 0) return "errno " + std::to_string(-got);
        auto const bytes = world.get(at, static_cast<std::uint64_t>(got));
        return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    }

    // poll(2) of the socket, which does not wait; answers with what was found.
    std::int64_t wait() {
        struct {
            std::int32_t descriptor;
            std::int16_t wanted, found;
        } entry{static_cast<std::int32_t>(number), readable, 0};
        auto const set = world.put(std::as_bytes(std::span{&entry, 1}));
        auto const ready = world.call(poll_number, {set, 1, 0});
        if (ready < 0) return ready;
        return world.kernel().user.load<std::int16_t>(set + 6).value();
    }

    std::string const again = "errno " + std::to_string(static_cast<int>(Errno::Again));
};

TEST_F(BatchTest, what_is_sent_with_room_goes_along_with_the_next_call_and_before_it) {
    EXPECT_EQ(send("one "), 4);
    ASSERT_EQ(calls, std::vector{Call::SendTo}); // the first one asks for room
    EXPECT_EQ(send("two "), 4);
    EXPECT_EQ(calls.size(), 1U);
    EXPECT_EQ(sent, "one ");
    EXPECT_EQ(send("three"), 5); // one late send at a time: this one takes it along
    EXPECT_EQ(calls.size(), 2U);
    EXPECT_EQ(sent, "one two three");
}

TEST_F(BatchTest, after_the_call_the_host_finds_nothing_of_a_late_send) {
    send("one");
    send("a late secret");
    wait();
    EXPECT_EQ(sent, "onea late secret");
    auto const late = world.batch().subspan(hostcall::late_offset, hostcall::late_size);
    EXPECT_TRUE(std::ranges::all_of(late, [](std::byte b) { return b == std::byte{0}; }));
}

TEST_F(BatchTest, nothing_is_sent_late_without_room_or_without_somebody_who_looks) {
    room = 2;
    send("one");
    send("four");
    EXPECT_EQ(calls.size(), 2U);
    room = 1000;
    send("one");
    header().late_ok = 0;
    send("two");
    EXPECT_EQ(calls.size(), 4U);
    EXPECT_EQ(sent, "onefouronetwo");
}

TEST_F(BatchTest, more_than_a_late_send_holds_goes_at_once_and_whole) {
    send("one");
    std::string const large(hostcall::most_late_bytes + 1, 'x');
    EXPECT_EQ(send(large), static_cast<std::int64_t>(large.size()));
    EXPECT_EQ(sent, "one" + large);
}

TEST_F(BatchTest, with_a_second_thread_nothing_travels_along) {
    send("one");
    world.kernel().threads[1].state = Thread::State::Idle;
    send("two");
    EXPECT_EQ(calls.size(), 2U);
    came = {"bytes"};
    EXPECT_EQ(wait(), readable);
    EXPECT_EQ(receive(), "bytes");
    EXPECT_EQ(calls.size(), 4U);
}

TEST_F(BatchTest, a_socket_with_two_numbers_sends_at_once) {
    send("one");
    ASSERT_GE(world.call(dup_number, {number}), 0);
    calls.clear();
    send("two");
    EXPECT_EQ(calls, std::vector{Call::SendTo});
}

TEST_F(BatchTest, what_poll_has_received_is_read_without_a_call_and_in_order) {
    came = {"first, ", "second"};
    EXPECT_EQ(wait(), readable);
    EXPECT_EQ(receive(3), "fir");
    EXPECT_EQ(receive(), "st, ");
    EXPECT_EQ(calls, std::vector{Call::Poll});
    EXPECT_EQ(receive(), "second"); // of the host, who has said that there is more
}

TEST_F(BatchTest, a_peek_leaves_it_there_and_the_bytes_are_counted) {
    came = {"seen twice"};
    wait();
    EXPECT_EQ(receive(4, dont_wait | peek), "seen");
    EXPECT_EQ(world.call(ioctl_number, {number, 0x541b, at}), 0);
    EXPECT_EQ(world.kernel().user.load<std::int32_t>(at).value(), 10);
    EXPECT_EQ(receive(), "seen twice");
    EXPECT_EQ(calls.size(), 1U);
}

TEST_F(BatchTest, poll_finds_what_is_still_unread) {
    came = {"bytes"};
    wait();
    receive(2);
    EXPECT_EQ(wait(), readable);
    EXPECT_EQ(receive(), "tes");
    EXPECT_EQ(wait(), 0);
}

TEST_F(BatchTest, a_socket_that_was_empty_just_now_is_not_asked_again_once) {
    EXPECT_EQ(wait(), 0);
    EXPECT_EQ(receive(), again);
    EXPECT_EQ(calls, std::vector{Call::Poll});
    EXPECT_EQ(receive(), again);
    EXPECT_EQ(calls.size(), 2U); // the second time it is
    wait();
    calls.clear();
    EXPECT_EQ(world.call(accept4_number, {number, 0, 0, 0}), error(Errno::Again));
    EXPECT_TRUE(calls.empty());
}

TEST_F(BatchTest, that_a_socket_was_empty_is_soon_forgotten) {
    EXPECT_EQ(wait(), 0);
    for (int i = 0; i < 10'000; ++i) static_cast<void>(Machine::ticks());
    calls.clear();
    came = {"meanwhile"};
    EXPECT_EQ(receive(), "meanwhile");
}

TEST_F(BatchTest, a_call_that_waits_asks_the_host_even_then) {
    world.call(ioctl_number, {number, 0x5421, world.put(std::string_view{"\0\0\0\0", 4})});
    EXPECT_EQ(wait(), 0);
    calls.clear();
    receive(10, 0);
    EXPECT_EQ(calls, std::vector{Call::RecvFrom});
}

TEST_F(BatchTest, bytes_of_a_closed_socket_are_never_those_of_another) {
    came = {"of the old one"};
    wait();
    ASSERT_EQ(world.call(close_number, {number}), 0);
    number = static_cast<std::uint64_t>(world.call(socket_number, {2, 1 | nonblocking, 0}));
    EXPECT_EQ(receive(), again);
}

TEST_F(BatchTest, a_host_that_claims_more_than_there_is_room_for_is_a_protocol_error) {
    for (std::int32_t const lie :
         {INT32_MAX, static_cast<std::int32_t>(hostcall::ahead_size) + 1, -1}) {
        came = {"bytes"};
        ahead_lie = lie;
        EXPECT_EQ(wait(), error(Errno::Proto)) << lie;
        EXPECT_EQ(receive(), again);
    }
}

TEST_F(BatchTest, bytes_ahead_that_were_not_asked_for_are_none) {
    came = {"bytes"};
    world.kernel().threads[1].state = Thread::State::Idle; // so that none are asked for
    ahead_lie = 1000;
    EXPECT_EQ(wait(), readable);
    EXPECT_EQ(receive(), "bytes");
}

} // namespace
} // namespace shim
