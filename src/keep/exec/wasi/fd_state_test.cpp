#include "keep/exec/wasi/test_application.hpp"
#include "os/fd.hpp"

#include <cstdio>
#include <cstdlib>

#include <fcntl.h>

namespace exec::wasi {
namespace {

// How a C library's isatty tells a terminal from anything else.
bool looks_like_a_terminal(FdStat const& stat) {
    return stat.type == FileType::CharacterDevice &&
           (stat.rights_base & (right::fd_seek | right::fd_tell)) == 0;
}

struct State : Application {};

TEST_F(State, OfAFileIsTypeFlagsAndTheRightsThatItWasOpenedWith) {
    auto const fd = open(
        "file", {.how = open_flag::create, .rights = right::fd_read, .flags = fd_flag::append}
    );
    ASSERT_TRUE(fd);
    auto const stat = fd_stat(*fd);
    EXPECT_EQ(stat.type, FileType::RegularFile);
    EXPECT_EQ(stat.flags, fd_flag::append);
    EXPECT_NE(stat.rights_base & right::fd_read, 0U);
    EXPECT_EQ(stat.rights_base & right::to_write, 0U);
}

TEST_F(State, OfADirectoryHasNoRightsThatOnlyFilesHave) {
    auto const stat = fd_stat(root);
    EXPECT_EQ(stat.type, FileType::Directory);
    EXPECT_EQ(stat.flags, 0U);
    EXPECT_EQ(
        stat.rights_base & (right::fd_seek | right::fd_write | right::fd_filestat_set_size), 0U
    );
    auto const below = right::fd_read | right::fd_write | right::fd_seek | right::path_open;
    EXPECT_EQ(stat.rights_inheriting & below, below);
}

TEST_F(State, OnlyATerminalLooksLikeOne) {
    os::Fd const terminal{::posix_openpt(O_RDWR | O_NOCTTY)};
    if (!terminal) {
        std::puts("SKIP State.OnlyATerminalLooksLikeOne: this system gives no pseudo-terminal");
        GTEST_SKIP();
    }
    os::Fd const device{::open("/dev/null", O_RDWR)};
    ASSERT_TRUE(context.add_stdio(terminal.number(), 0));
    ASSERT_TRUE(context.add_stdio(device.number(), 1));
    ASSERT_TRUE(context.add_null(2));
    EXPECT_TRUE(looks_like_a_terminal(fd_stat(Fd{0})));
    EXPECT_FALSE(looks_like_a_terminal(fd_stat(Fd{1})));
    EXPECT_FALSE(looks_like_a_terminal(fd_stat(Fd{2})));
    EXPECT_FALSE(looks_like_a_terminal(fd_stat(create("file"))));
}

TEST_F(State, AppendAndNonblockCanBeSetAndCleared) {
    auto const fd = create("file", "start");
    ASSERT_EQ(
        call(&fd_fdstat_set_flags, fd, std::uint32_t{fd_flag::append | fd_flag::nonblock}),
        Errno::Success
    );
    EXPECT_EQ(fd_stat(fd).flags, fd_flag::append | fd_flag::nonblock);
    EXPECT_EQ(write(fd, "-end"), 4U);
    ASSERT_EQ(call(&fd_fdstat_set_flags, fd, 0U), Errno::Success);
    ASSERT_EQ(seek_to(fd, 0), Errno::Success);
    EXPECT_EQ(write(fd, "S"), 1U);
    ASSERT_EQ(seek_to(fd, 0), Errno::Success);
    EXPECT_EQ(read(fd, 20), "Start-end");
}

TEST_F(State, HowWritesReachTheMediumIsDecidedByOpenAlone) {
    auto const plain = create("file");
    EXPECT_EQ(call(&fd_fdstat_set_flags, plain, std::uint32_t{fd_flag::sync}), Errno::NotSup);
    auto const synced = open("file", {.flags = fd_flag::sync});
    ASSERT_TRUE(synced);
    ASSERT_EQ(call(&fd_fdstat_set_flags, *synced, std::uint32_t{fd_flag::append}), Errno::Success);
    EXPECT_EQ(fd_stat(*synced).flags, fd_flag::append | fd_flag::sync);
    EXPECT_EQ(call(&fd_fdstat_set_flags, plain, 0x20U), Errno::Inval);
}

TEST_F(State, RightsCanBeGivenUpAndNeverGainedBack) {
    auto const fd = create("file", "data");
    auto const all = fd_stat(fd);
    auto const fewer = all.rights_base & ~(right::fd_read | right::fd_write);
    ASSERT_EQ(call(&fd_fdstat_set_rights, fd, Rights{fewer}, Rights{0}), Errno::Success);
    EXPECT_EQ(fd_stat(fd).rights_base, fewer);
    EXPECT_EQ(read(fd, 4).error(), Errno::BadF);
    EXPECT_EQ(
        call(&fd_fdstat_set_rights, fd, Rights{all.rights_base}, Rights{0}), Errno::NotCapable
    );
}

TEST_F(State, WhatADirectoryNoLongerInheritsIsMissingBelow) {
    auto const stat = fd_stat(root);
    auto const fewer = stat.rights_inheriting & ~(right::fd_write | right::fd_advise);
    ASSERT_EQ(
        call(&fd_fdstat_set_rights, root, Rights{stat.rights_base}, Rights{fewer}), Errno::Success
    );
    EXPECT_EQ(open("file", {.how = open_flag::create}).error(), Errno::NotCapable);
    auto const fd = open("file", {.how = open_flag::create, .rights = right::fd_read});
    ASSERT_TRUE(fd);
    EXPECT_EQ(call(&fd_advise, *fd, std::uint64_t{0}, std::uint64_t{1}, 0U), Errno::NotCapable);
}

} // namespace
} // namespace exec::wasi
