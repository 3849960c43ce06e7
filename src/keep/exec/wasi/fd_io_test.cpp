#include "keep/exec/wasi/fake_sockets.hpp"
#include "keep/exec/wasi/test_application.hpp"
#include "os/fd.hpp"

#include <csignal>

#include <fcntl.h>

namespace exec::wasi {
namespace {

struct Io : Application {
    Errno pread(Fd fd, std::uint64_t offset, std::string& got, std::uint32_t length = 64) {
        auto const to = room(length);
        auto const out = room_for<std::uint32_t>();
        auto const error = call(&fd_pread, fd, put_vectors({{to, length}}), 1U, offset, out);
        if (error == Errno::Success) got = text_at(to, at(out));
        return error;
    }
    Errno pwrite(Fd fd, std::uint64_t offset, std::string_view text) {
        auto const length = static_cast<std::uint32_t>(text.size());
        auto const vectors = put_vectors({{put(text).at, length}});
        return call(&fd_pwrite, fd, vectors, 1U, offset, room_for<std::uint32_t>());
    }
};

TEST_F(Io, ReadingAndWritingMoveThePosition) {
    auto const fd = create("file");
    EXPECT_EQ(write(fd, "0123456789"), 10U);
    EXPECT_EQ(read(fd, 10), "");
    ASSERT_EQ(seek_to(fd, 3), Errno::Success);
    EXPECT_EQ(read(fd, 4), "3456");
    EXPECT_EQ(read(fd, 10), "789");
}

TEST_F(Io, AScatteredReadFillsOneBufferAfterTheOther) {
    auto const fd = create("file", "abcdef");
    auto const to = room(16);
    auto const out = room_for<std::uint32_t>();
    auto const vectors = put_vectors({{to + 8, 2}, {to, 0}, {to, 3}});
    ASSERT_EQ(call(&fd_read, fd, vectors, 3U, out), Errno::Success);
    EXPECT_EQ(at(out), 5U);
    EXPECT_EQ(text_at(to + 8, 2), "ab");
    EXPECT_EQ(text_at(to, 3), "cde");
}

TEST_F(Io, VectorsThatLieInTheirOwnBuffersAreReadBeforeTheyAreOverwritten) {
    auto const fd = create("file", std::string(16, '\xff'));
    auto const vectors = put_vectors({{0, 0}, {64, 8}});
    auto const to = vectors.at; // the first buffer covers the array itself
    ASSERT_TRUE(memory().write(vectors, IoVector{to, 16}));
    auto const out = room_for<std::uint32_t>();
    ASSERT_EQ(call(&fd_read, fd, vectors, 2U, out), Errno::Success);
    EXPECT_EQ(at(out), 16U);
}

TEST_F(Io, AnAppendingDescriptorWritesAtTheEndWhereverItStands) {
    create("file", "start");
    auto const fd = open("file", {.flags = fd_flag::append});
    ASSERT_TRUE(fd);
    EXPECT_EQ(write(*fd, "-end"), 4U);
    EXPECT_EQ(read(*fd, 10), ""); // the position went along
    ASSERT_EQ(seek_to(*fd, 0), Errno::Success);
    EXPECT_EQ(read(*fd, 20), "start-end");
}

TEST_F(Io, PreadAndPwriteLeaveThePositionAlone) {
    auto const fd = create("file", "0123456789");
    std::string got;
    EXPECT_EQ(pwrite(fd, 4, "xy"), Errno::Success);
    EXPECT_EQ(pread(fd, 2, got), Errno::Success);
    EXPECT_EQ(got, "23xy6789");
    EXPECT_EQ(read(fd, 2), "01");
    EXPECT_EQ(pread(fd, 100, got), Errno::Success);
    EXPECT_EQ(got, "");
    EXPECT_EQ(pread(fd, 1ULL << 63, got), Errno::Inval);
    EXPECT_EQ(pwrite(fd, INT64_MAX, "x"), Errno::FBig);
}

TEST_F(Io, WhatWasNotOpenedForItIsNotReadOrWritten) {
    create("file", "x");
    auto const reader = open("file", {.rights = right::fd_read});
    auto const writer = open("file", {.rights = right::fd_write});
    ASSERT_TRUE(reader && writer);
    EXPECT_EQ(write(*reader, "y").error(), Errno::BadF);
    EXPECT_EQ(read(*writer, 1).error(), Errno::BadF);
    EXPECT_EQ(read(*reader, 1), "x");
    EXPECT_EQ(write(*writer, "y"), 1U);
}

TEST_F(Io, ADirectoryIsNoFile) {
    EXPECT_EQ(read(root, 1).error(), Errno::IsDir);
    EXPECT_EQ(write(root, "x").error(), Errno::IsDir);
    std::string got;
    EXPECT_EQ(pread(root, 0, got), Errno::IsDir);
}

TEST_F(Io, AnUnknownNumberComesBeforeAnyOtherMistake) {
    auto const nowhere = Pointer<IoVector>{UINT32_MAX};
    EXPECT_EQ(
        call(
            &fd_write,
            Fd{static_cast<std::uint32_t>(-31337)},
            nowhere,
            1U,
            Pointer<std::uint32_t>{1}
        ),
        Errno::BadF
    );
}

TEST_F(Io, NothingIsWrittenWhereTheCountCouldNotBeReported) {
    auto const fd = create("file");
    auto const vectors = put_vectors({{put("text").at, 4}});
    EXPECT_EQ(call(&fd_write, fd, vectors, 1U, Pointer<std::uint32_t>{65536}), Errno::Fault);
    EXPECT_EQ(file_stat(fd).size, 0U);
}

TEST_F(Io, NullReadsAsEmptyAndForgetsWhatIsWritten) {
    auto const null = context.add_null({});
    ASSERT_TRUE(null);
    EXPECT_EQ(write(*null, "forget me"), 9U);
    EXPECT_EQ(read(*null, 9), "");
}

struct IoOverAPipe : Io {
    IoOverAPipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        read_end = os::Fd{ends[0]};
        write_end = os::Fd{ends[1]};
        EXPECT_TRUE(context.add_stdio(read_end.number(), 0));
        EXPECT_TRUE(context.add_stdio(write_end.number(), 1));
    }
    os::Fd read_end;
    os::Fd write_end;
};

TEST_F(IoOverAPipe, WhatGoesInComesOut) {
    EXPECT_EQ(write(Fd{1}, "through"), 7U);
    EXPECT_EQ(read(Fd{0}, 64), "through");
}

TEST_F(IoOverAPipe, GoesOneWayOnly) {
    EXPECT_EQ(read(Fd{1}, 1).error(), Errno::BadF);
    EXPECT_EQ(write(Fd{0}, "x").error(), Errno::BadF);
}

TEST_F(IoOverAPipe, NonblockingReadsSayAgainAndLeaveTheHostsModeAlone) {
    ASSERT_EQ(call(&fd_fdstat_set_flags, Fd{0}, std::uint32_t{fd_flag::nonblock}), Errno::Success);
    EXPECT_EQ(read(Fd{0}, 1).error(), Errno::Again);
    EXPECT_EQ(::fcntl(read_end.number(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_EQ(write(Fd{1}, "x"), 1U);
    EXPECT_EQ(read(Fd{0}, 8), "x");
}

TEST_F(IoOverAPipe, AReaderThatWentAwayIsABrokenPipe) {
    auto* const before = std::signal(SIGPIPE, SIG_IGN);
    read_end = os::Fd{};
    EXPECT_EQ(write(Fd{1}, "x").error(), Errno::Pipe);
    (void)std::signal(SIGPIPE, before);
}

TEST_F(IoOverAPipe, HasNoPositions) {
    std::string got;
    EXPECT_EQ(pread(Fd{0}, 0, got), Errno::SPipe);
    EXPECT_EQ(pwrite(Fd{1}, 0, "x"), Errno::SPipe);
    EXPECT_EQ(seek_to(Fd{0}, 0), Errno::SPipe);
}

TEST_F(IoOverAPipe, ThreeThousandVectorsAreAShortWrite) {
    auto const text = put("x");
    auto const vectors = room_for<IoVector>(3000);
    for (std::uint32_t i = 0; i < 3000; ++i)
        ASSERT_TRUE(memory().write(GuestMemory::element(vectors, i), IoVector{text.at, 1}));
    auto const out = room_for<std::uint32_t>();
    ASSERT_EQ(call(&fd_write, Fd{1}, vectors, 3000U, out), Errno::Success);
    EXPECT_EQ(at(out), 1024U);
}

TEST_F(Io, AConnectionIsReadAndWrittenLikeAFile) {
    net::Script script;
    script.incoming = "hello";
    auto const fd =
        context.add_connection(std::make_unique<net::FakeConnection>(script), fd_flag::nonblock);
    ASSERT_TRUE(fd);
    EXPECT_EQ(read(*fd, 3), "hel");
    EXPECT_TRUE(script.asked.nonblocking);
    EXPECT_EQ(write(*fd, "bye"), 3U);
    EXPECT_EQ(script.sent, "bye");
    std::string got;
    EXPECT_EQ(pread(*fd, 0, got), Errno::SPipe);
}

} // namespace
} // namespace exec::wasi
