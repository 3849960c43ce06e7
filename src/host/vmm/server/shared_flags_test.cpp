// A Keep sets flags of its standard input and output; whoever shares those files sees no change.

#include "host/vmm/server/server.hpp"
#include "host/vmm/server/shared_flags.hpp"

#include <array>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
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

} // namespace
} // namespace host::vmm
