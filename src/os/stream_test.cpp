#include "os/fd.hpp"
#include "os/stream.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace {

using base::Errno;

std::span<std::byte const> bytes(std::string_view text) { return std::as_bytes(std::span{text}); }

struct StreamOverAPipe : testing::Test {
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        read_end = os::Fd{ends[0]};
        write_end = os::Fd{ends[1]};
    }

    os::Stream in() const { return os::Stream{read_end.number()}; }
    os::Stream out() const { return os::Stream{write_end.number()}; }

    os::Fd read_end;
    os::Fd write_end;
    std::array<std::byte, 8> buffer{};
    std::array<std::span<std::byte>, 1> buffers{buffer};
};

TEST_F(StreamOverAPipe, WhatIsWrittenFromSeveralBuffersIsReadInOnePiece) {
    std::array const parts{bytes("ab"), bytes("cde")};
    EXPECT_EQ(out().write(parts, false), 5U);
    EXPECT_EQ(in().readable_bytes(), 5U);
    EXPECT_EQ(in().read(buffers, false), 5U);
    EXPECT_EQ(buffer[4], std::byte{'e'});
}

TEST_F(StreamOverAPipe, ANonblockingReadOfAnEmptyPipeSaysAgain) {
    EXPECT_EQ(in().read(buffers, true).error(), Errno::Again);
}

TEST_F(StreamOverAPipe, ANonblockingReadAtTheEndSaysSo) {
    write_end = os::Fd{};
    EXPECT_EQ(in().read(buffers, true), 0U);
}

TEST_F(StreamOverAPipe, ABlockingReadWaitsEvenIfTheHostMadeThePipeNonblocking) {
    ASSERT_EQ(::fcntl(read_end.number(), F_SETFL, O_NONBLOCK), 0);
    std::thread writer{[this] {
        ::usleep(20'000);
        EXPECT_EQ(::write(write_end.number(), "x", 1), 1);
    }};
    EXPECT_EQ(in().read(buffers, false), 1U);
    writer.join();
}

TEST_F(StreamOverAPipe, ANonblockingWriteTakesWhatFitsAndThenSaysAgain) {
    std::string const much(1U << 20, 'x');
    std::array const parts{bytes(much)};
    std::size_t total = 0;
    for (;;) {
        auto const put = out().write(parts, true);
        if (!put) {
            EXPECT_EQ(put.error(), Errno::Again);
            break;
        }
        total += *put;
    }
    EXPECT_EQ(total, 65536U);
}

TEST_F(StreamOverAPipe, AWriteWithoutAReaderIsAnErrorWhereSigpipeIsIgnored) {
    auto* const before = std::signal(SIGPIPE, SIG_IGN);
    read_end = os::Fd{};
    std::array const parts{bytes("x")};
    EXPECT_EQ(out().write(parts, false).error(), Errno::Pipe);
    (void)std::signal(SIGPIPE, before);
}

TEST_F(StreamOverAPipe, MoreBuffersThanTheKernelTakesAreAShortWrite) {
    std::vector<std::span<std::byte const>> const parts(3000, bytes("x"));
    EXPECT_EQ(out().write(parts, false), 1024U);
}

TEST_F(StreamOverAPipe, KnowsWhichWayItGoes) {
    auto const access = in().access();
    ASSERT_TRUE(access);
    EXPECT_TRUE(access->read);
    EXPECT_FALSE(access->write);
}

TEST_F(StreamOverAPipe, HasNoPosition) {
    EXPECT_EQ(in().seek(0, os::Whence::Current).error(), Errno::SPipe);
}

} // namespace
