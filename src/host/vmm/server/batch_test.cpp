#include "host/vmm/server/batch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace host::vmm {
namespace {

namespace hostcall = protocol::hostcall;
using hostcall::Header;
using hostcall::Late;
using hostcall::Polled;

os::Fd tcp_socket() {
    os::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) throw std::runtime_error("no socket");
    return socket;
}

// A listener on the loopback interface, and both ends of a connection.
os::Fd listener() {
    os::Fd socket = tcp_socket();
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}
    };
    EXPECT_EQ(::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket.number(), 8), 0);
    return socket;
}

os::Fd connected_to(os::Fd const& listener) {
    os::Fd socket = tcp_socket();
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::connect(socket.number(), reinterpret_cast<sockaddr*>(&address), size), 0);
    return socket;
}

struct HostBatch : testing::Test {
    alignas(4096) std::array<std::byte, hostcall::block_size> block{};
    alignas(4096) std::array<std::byte, hostcall::batch_size> area{};
    Handles handles;
    Batch batch{handles};
    os::Fd door = listener();
    os::Fd far = connected_to(door);
    std::uint32_t handle = 0;

    HostBatch() {
        handles.add(os::Fd{::dup(0)}, Rights::ReadWrite)
            .value(); // so that the socket's handle is not 0
        handle = handles
                     .add(
                         os::Fd{::accept4(door.number(), nullptr, nullptr, SOCK_CLOEXEC)},
                         Rights::ReadWrite
                     )
                     .value();
        batch.attach(area, block);
    }

    Header& header() { return *reinterpret_cast<Header*>(block.data()); }
    std::uint64_t& word(std::size_t offset, std::uint64_t i) {
        return reinterpret_cast<std::uint64_t*>(area.data() + offset)[i % hostcall::most_late];
    }
    int near() { return (*handles.find(handle))->number(); }

    void put_down(std::string_view text, std::uint32_t offset) {
        std::memcpy(area.data() + hostcall::late_offset + offset, text.data(), text.size());
        Late const late{
            .handle = handle, .offset = offset, .size = static_cast<std::uint32_t>(text.size())
        };
        word(0, header().late++) = late.encode();
    }

    std::string read_far(std::size_t size) {
        std::string text(size, '\0');
        auto const n = ::recv(far.number(), text.data(), size, MSG_WAITALL);
        text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return text;
    }

    // As Server::poll does, for sockets with these handles that are asked for all there is.
    std::vector<Polled> receive(std::vector<std::uint32_t> const& of) {
        std::vector<Polled> polled;
        std::vector<Handles::Open> open;
        for (auto const one : of) {
            open.push_back(handles.find(one).value());
            pollfd entry{.fd = open.back()->number(), .events = POLLIN, .revents = 0};
            ::poll(&entry, 1, 1000);
            auto const wanted = static_cast<std::int16_t>(POLLIN | hostcall::poll_ahead);
            polled.push_back({static_cast<std::int32_t>(one), wanted, entry.revents});
        }
        batch.receive(polled, open);
        return polled;
    }

    std::string ahead(std::size_t offset, std::size_t size) {
        return {reinterpret_cast<char const*>(area.data() + hostcall::ahead_offset + offset), size};
    }
};

TEST_F(HostBatch, late_sends_are_carried_out_once_and_in_their_order) {
    put_down("one ", 0);
    put_down("two ", 8);
    EXPECT_TRUE(batch.flush());
    put_down("three", 0);
    EXPECT_TRUE(batch.flush());
    EXPECT_FALSE(batch.flush());
    EXPECT_EQ(read_far(13), "one two three");
    EXPECT_GT(word(hostcall::room_offset, 2), 4096U); // of an empty socket
}

TEST_F(HostBatch, more_late_sends_than_one_round_holds_are_carried_out_round_after_round) {
    std::string all;
    for (int i = 0; i < 200; ++i) {
        auto const text = std::to_string(i) + " ";
        put_down(text, 0);
        all += text;
        batch.flush();
    }
    EXPECT_EQ(read_far(all.size()), all);
}

TEST_F(HostBatch, records_that_lie_send_nothing_and_hurt_nobody) {
    auto const lies = std::to_array<Late>({
        {.handle = handle, .offset = hostcall::late_size, .size = 1},
        {.handle = handle, .offset = hostcall::late_size - 1, .size = 2},
        {.handle = handle, .offset = 0xf'ffff, .size = 0xf'ffff},
        {.handle = handle, .offset = 0, .size = hostcall::most_late_bytes + 1},
        {.handle = 0xff'ffff, .offset = 0, .size = 10},
        {.handle = 0, .offset = 0, .size = 10}, // no socket
    });
    for (auto const& lie : lies) {
        word(0, header().late) = lie.encode();
        word(hostcall::room_offset, header().late++) = 77;
    }
    batch.flush();
    for (std::size_t i = 0; i < lies.size(); ++i)
        EXPECT_EQ(word(hostcall::room_offset, i), 0U) << i;
    for (std::uint64_t const count : {~0ULL, 0ULL, 1ULL << 63, 1'000'000ULL}) {
        header().late = count;
        batch.flush();
    }
    header().late = 1'000'000;
    put_down("the first true word", 0);
    batch.flush();
    EXPECT_EQ(read_far(19), "the first true word");
}

TEST_F(HostBatch, an_error_is_told_by_the_next_call_and_not_twice) {
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ASSERT_EQ(::setsockopt(far.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    far = os::Fd{};
    put_down("nobody hears this", 0);
    batch.flush();
    auto const open = handles.find(handle).value();
    EXPECT_EQ(open->late_error.exchange(0), ECONNRESET);
    EXPECT_EQ(word(hostcall::room_offset, 0), 0U);
}

TEST_F(HostBatch, bytes_that_the_socket_does_not_take_at_once_are_sent_all_the_same) {
    std::string const large(hostcall::most_late_bytes, 'x');
    int const small = 4096;
    ASSERT_EQ(::setsockopt(near(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    ASSERT_EQ(::setsockopt(far.number(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    put_down(large, 0);
    put_down(large, 1 << 17);
    std::string got;
    std::thread reader{[&] { got = read_far(2 * large.size()); }};
    batch.flush();
    reader.join();
    EXPECT_EQ(got, large + large);
}

TEST_F(HostBatch, a_keep_that_has_ended_is_not_held_up_by_a_peer_that_does_not_read) {
    int const small = 4096;
    ASSERT_EQ(::setsockopt(near(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    ASSERT_EQ(::setsockopt(far.number(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    for (std::uint32_t i = 0; i < 4; ++i)
        put_down(std::string(hostcall::most_late_bytes, 'x'), i << 16);
    std::atomic<bool> done = false;
    std::thread sender{[&] {
        batch.flush();
        done = true;
    }};
    ::usleep(20'000);
    batch.stop();
    for (int i = 0; i < 500 && !done; ++i) ::usleep(10'000);
    EXPECT_TRUE(done);
    ::shutdown(near(), SHUT_RDWR); // ends it in any case
    sender.join();
}

TEST_F(HostBatch, room_is_told_only_as_far_as_the_socket_has_it) {
    EXPECT_TRUE(batch.tell_room(near()));
    EXPECT_GT(header().room, 4096U);
    std::vector<char> const much(1 << 20, 'x');
    while (::send(near(), much.data(), much.size(), MSG_DONTWAIT) > 0) continue;
    EXPECT_FALSE(batch.tell_room(near()));
    EXPECT_EQ(header().room, 0U);
}

TEST_F(HostBatch, bytes_of_several_sockets_lie_one_behind_the_other) {
    auto const other = connected_to(door);
    auto const second =
        handles
            .add(
                os::Fd{::accept4(door.number(), nullptr, nullptr, SOCK_CLOEXEC)}, Rights::ReadWrite
            )
            .value();
    ASSERT_EQ(::send(far.number(), "first", 5, 0), 5);
    ASSERT_EQ(::send(other.number(), "second", 6, 0), 6);
    auto const polled = receive({handle, second});
    EXPECT_EQ(polled[0].handle_or_ahead, 5);
    EXPECT_EQ(polled[1].handle_or_ahead, 6);
    EXPECT_EQ(ahead(0, 11), "firstsecond");
    EXPECT_EQ(polled[0].wanted_or_drained, 1);
}

TEST_F(HostBatch, what_does_not_fit_stays_in_the_socket) {
    std::string large(200'000, 'x');
    std::thread sender{[&] { ::send(far.number(), large.data(), large.size(), 0); }};
    ::usleep(50'000);
    auto const polled = receive({handle});
    EXPECT_GT(polled[0].handle_or_ahead, 0);
    EXPECT_LE(polled[0].handle_or_ahead, 1 << 16);
    EXPECT_EQ(polled[0].wanted_or_drained, 0);
    auto const left = large.size() - static_cast<std::size_t>(polled[0].handle_or_ahead);
    EXPECT_EQ(::recv(near(), large.data(), left, MSG_WAITALL), static_cast<ssize_t>(left));
    sender.join();
}

TEST_F(HostBatch, the_end_of_a_stream_an_error_and_a_knock_are_left_for_the_next_call) {
    ::shutdown(far.number(), SHUT_WR);
    EXPECT_EQ(receive({handle})[0].handle_or_ahead, 0);
    char byte = 0;
    EXPECT_EQ(::recv(near(), &byte, 1, 0), 0);

    auto const knocker = connected_to(door);
    auto const listening = handles.add(os::Fd{::dup(door.number())}, Rights::ReadWrite).value();
    EXPECT_EQ(receive({listening})[0].handle_or_ahead, 0);
    EXPECT_EQ(handles.find(listening).value()->late_error, 0);

    auto reset = connected_to(door);
    auto accepted = [&] {
        return os::Fd{::accept4(door.number(), nullptr, nullptr, SOCK_CLOEXEC)};
    };
    static_cast<void>(accepted()); // the knocker
    auto const dying = handles.add(accepted(), Rights::ReadWrite).value();
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ASSERT_EQ(::setsockopt(reset.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    reset = os::Fd{};
    EXPECT_EQ(receive({dying})[0].handle_or_ahead, 0);
    EXPECT_EQ(handles.find(dying).value()->late_error, ECONNRESET);
}

TEST_F(HostBatch, without_an_area_nothing_goes_along) {
    Batch bare{handles};
    ASSERT_EQ(::send(far.number(), "first", 5, 0), 5);
    EXPECT_FALSE(bare.flush());
    EXPECT_FALSE(bare.tell_room(near()));
    std::vector<Polled> polled{
        {static_cast<std::int32_t>(handle), hostcall::poll_ahead | POLLIN, POLLIN}
    };
    bare.receive(polled, {handles.find(handle).value()});
    EXPECT_EQ(polled[0].handle_or_ahead, 0);
}

} // namespace
} // namespace host::vmm
