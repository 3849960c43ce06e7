// A Keep sets flags of its standard input and output; whoever shares those files sees no change.

#include "host/vmm/server/server.hpp"
#include "host/vmm/server/shared_flags.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace host::vmm {
namespace {

using protocol::hostcall::Call;
using protocol::hostcall::Extent;
using protocol::hostcall::Header;

struct SharedFlags : testing::Test {
    alignas(4096) std::array<std::byte, protocol::hostcall::block_size> block{};
    Server server{Policy{}};
    std::array<os::Fd, 2> ends; // ours: the same open files as the Keep's
    std::uint64_t reader = 0;
    std::uint64_t writer = 0;

    SharedFlags() {
        std::array<int, 2> numbers{};
        EXPECT_EQ(::pipe2(numbers.data(), O_CLOEXEC), 0);
        ends = {os::Fd{numbers[0]}, os::Fd{numbers[1]}};
        reader = hand(ends[0]);
        writer = hand(ends[1]);
    }

    std::uint64_t hand(os::Fd const& file) {
        auto const handle =
            server.handles().add(os::Fd{::dup(file.number())}, Rights::ReadWrite).value();
        shared_flags::begin(*server.handles().find(handle).value());
        return handle;
    }

    std::int64_t call(Call number, std::array<std::uint64_t, 3> const& words) {
        auto& header = *reinterpret_cast<Header*>(block.data());
        header = {};
        header.number = static_cast<std::uint64_t>(number);
        std::ranges::copy(words, header.arguments);
        auto const request = Request::fetch(block, server.handles());
        if (!request) return -static_cast<std::int64_t>(request.error());
        auto const answer = server.serve(*request);
        return answer ? static_cast<std::int64_t>(*answer)
                      : -static_cast<std::int64_t>(answer.error());
    }

    // The Keep's end; ours are the same open files. A call that waits in vain ends all the same.
    std::uint64_t make_sockets(std::chrono::microseconds longest) {
        std::array<int, 2> numbers{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers.data()), 0);
        ends = {os::Fd{numbers[0]}, os::Fd{numbers[1]}};
        auto const us = longest.count();
        timeval const limit{.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
        for (int const option : {SO_RCVTIMEO, SO_SNDTIMEO})
            EXPECT_EQ(::setsockopt(numbers[0], SOL_SOCKET, option, &limit, sizeof limit), 0);
        return hand(ends[0]);
    }

    static std::uint64_t bytes(std::uint64_t size) { return Extent::create(0, size)->encode(); }
    static bool nonblocking(os::Fd const& file) {
        return (::fcntl(file.number(), F_GETFL) & O_NONBLOCK) != 0;
    }
};

TEST_F(SharedFlags, that_a_keep_sets_hold_for_its_own_calls_only) {
    EXPECT_EQ(call(Call::Fcntl, {reader, F_SETFL, O_NONBLOCK}), 0);
    ASSERT_FALSE(nonblocking(ends[0]));
    ASSERT_EQ(call(Call::Fcntl, {reader, F_GETFL, 0}) & O_NONBLOCK, O_NONBLOCK);
    EXPECT_EQ(call(Call::Read, {reader, bytes(10)}), -EAGAIN);
    EXPECT_EQ(::write(ends[1].number(), "abc", 3), 3);
    EXPECT_EQ(call(Call::Read, {reader, bytes(10)}), 3);
}

TEST_F(SharedFlags, set_by_ioctl_are_the_same_ones) {
    int const on = 1;
    std::memcpy(block.data() + protocol::hostcall::data_offset, &on, sizeof on);
    EXPECT_EQ(call(Call::Ioctl, {reader, FIONBIO, bytes(sizeof on)}), 0);
    ASSERT_FALSE(nonblocking(ends[0]));
    ASSERT_NE(call(Call::Fcntl, {reader, F_GETFL, 0}) & O_NONBLOCK, 0);
    EXPECT_EQ(call(Call::Read, {reader, bytes(10)}), -EAGAIN);
}

TEST_F(SharedFlags, let_a_write_that_does_not_wait_fill_the_pipe_and_no_more) {
    EXPECT_EQ(call(Call::Fcntl, {writer, F_SETFL, O_NONBLOCK}), 0);
    std::int64_t last = 0;
    std::int64_t all = 0;
    for (; (last = call(Call::Write, {writer, bytes(100'000)})) > 0;) all += last;
    EXPECT_EQ(last, -EAGAIN);
    EXPECT_EQ(all, ::fcntl(ends[1].number(), F_GETPIPE_SZ));
    EXPECT_FALSE(nonblocking(ends[1]));
}

TEST_F(SharedFlags, of_a_keep_that_waits_make_it_wait_though_somebody_else_set_the_file_otherwise) {
    EXPECT_EQ(::fcntl(ends[0].number(), F_SETFL, O_NONBLOCK), 0);
    std::thread late{[&] {
        ::usleep(20'000);
        EXPECT_EQ(::write(ends[1].number(), "late", 4), 4);
    }};
    EXPECT_EQ(call(Call::Read, {reader, bytes(10)}), 4);
    late.join();
}

TEST_F(SharedFlags, hold_for_calls_that_only_sockets_have_too) {
    using namespace std::chrono_literals;
    auto const socket = make_sockets(2s);
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(call(Call::Fcntl, {socket, F_SETFL, O_NONBLOCK}), 0);
    EXPECT_EQ(call(Call::RecvFrom, {socket, bytes(10), 0}), -EAGAIN);
    std::int64_t last = 0;
    while ((last = call(Call::SendTo, {socket, bytes(60'000), 0})) > 0) {
    }
    EXPECT_EQ(last, -EAGAIN);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s) << "it waited";
    EXPECT_FALSE(nonblocking(ends[0]));
    EXPECT_EQ(::write(ends[1].number(), "abc", 3), 3);
    EXPECT_EQ(call(Call::RecvFrom, {socket, bytes(10), 0}), 3);
}

TEST_F(SharedFlags, of_a_keep_that_waits_hold_for_sockets_that_somebody_else_set_otherwise) {
    using namespace std::chrono_literals;
    auto const socket = make_sockets(0s); // no limit
    EXPECT_EQ(::fcntl(ends[0].number(), F_SETFL, O_NONBLOCK), 0);
    EXPECT_EQ(call(Call::RecvFrom, {socket, bytes(10), MSG_DONTWAIT}), -EAGAIN);
    std::thread late{[&] {
        ::usleep(20'000);
        EXPECT_EQ(::write(ends[1].number(), "late", 4), 4);
    }};
    EXPECT_EQ(call(Call::RecvFrom, {socket, bytes(10), 0}), 4);
    late.join();
}

TEST_F(SharedFlags, leave_the_time_limit_of_a_socket_as_it_is) {
    using namespace std::chrono_literals;
    auto const socket = make_sockets(20ms);
    std::thread rescue{[&] {
        ::usleep(1'000'000);
        EXPECT_EQ(::write(ends[1].number(), "late", 4), 4);
    }};
    EXPECT_EQ(call(Call::Read, {socket, bytes(10), 0}), -EAGAIN);
    rescue.join();
}

} // namespace
} // namespace host::vmm
