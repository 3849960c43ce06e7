#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct Opening : Application {
    void make_read_only() {
        std::get<OpenDirectory>((*context.descriptors.find(root))->object).read_only = true;
    }
    Errno error_of(std::string_view path, Open with) {
        auto const fd = open(path, with);
        return fd ? Errno::Success : fd.error();
    }
};

TEST_F(Opening, GivesTheLowestFreeNumber) {
    EXPECT_EQ(create("first"), Fd{4});
    EXPECT_EQ(create("second"), Fd{5});
    ASSERT_EQ(call(&fd_close, Fd{4}), Errno::Success);
    EXPECT_EQ(open("second", {}), Fd{4});
}

TEST_F(Opening, FindsOnlyWhatIsThereUnlessItCreates) {
    EXPECT_EQ(error_of("file", {}), Errno::NoEnt);
    EXPECT_EQ(error_of("file", {.how = open_flag::create}), Errno::Success);
    EXPECT_EQ(error_of("file", {.how = open_flag::create}), Errno::Success);
    EXPECT_EQ(error_of("file", {.how = open_flag::create | open_flag::exclusive}), Errno::Exist);
}

TEST_F(Opening, TruncatesEvenWithoutTheRightToWrite) {
    create("file", "content");
    auto const fd = open("file", {.how = open_flag::truncate, .rights = 0});
    ASSERT_TRUE(fd);
    EXPECT_EQ(file_stat(*fd).size, 0U);
    EXPECT_EQ(write(*fd, "x").error(), Errno::BadF);
}

TEST_F(Opening, TruncatesOnlyWithTheDirectorysRightTo) {
    create("file", "content");
    auto const stat = fd_stat(root);
    auto const fewer = stat.rights_base & ~right::path_filestat_set_size;
    ASSERT_EQ(
        call(&fd_fdstat_set_rights, root, Rights{fewer}, Rights{stat.rights_inheriting}),
        Errno::Success
    );
    EXPECT_EQ(error_of("file", {.how = open_flag::truncate, .rights = 0}), Errno::NotCapable);
    EXPECT_EQ(error_of("file", {}), Errno::Success);
}

TEST_F(Opening, CreatesOnlyWithTheDirectorysRightTo) {
    auto const stat = fd_stat(root);
    auto const fewer = stat.rights_base & ~right::path_create_file;
    ASSERT_EQ(
        call(&fd_fdstat_set_rights, root, Rights{fewer}, Rights{stat.rights_inheriting}),
        Errno::Success
    );
    EXPECT_EQ(error_of("file", {.how = open_flag::create}), Errno::NotCapable);
}

TEST_F(Opening, ADirectoryIsNotOpenedForWriting) {
    ASSERT_EQ(call_path(&path_create_directory, root, "dir"), Errno::Success);
    EXPECT_EQ(error_of("dir", {}), Errno::IsDir);
    EXPECT_EQ(error_of("dir", {.how = open_flag::directory}), Errno::IsDir);
    EXPECT_EQ(
        error_of("dir", {.how = open_flag::directory, .rights = right::fd_read}), Errno::Success
    );
    EXPECT_EQ(error_of("dir", {.rights = 0}), Errno::Success);
    EXPECT_EQ(error_of("dir/", {.rights = 0}), Errno::Success);
}

TEST_F(Opening, ADirectoryHasTheRightsOfItsParentSoFarAsTheyApply) {
    auto const stat = fd_stat(root);
    auto const fd = open(".", {.rights = stat.rights_base});
    ASSERT_TRUE(fd);
    EXPECT_EQ(fd_stat(*fd).rights_base, stat.rights_base);
    EXPECT_EQ(fd_stat(*fd).rights_inheriting, stat.rights_inheriting);
    EXPECT_EQ(fd_stat(*fd).rights_base & right::fd_seek, 0U);
}

TEST_F(Opening, AFileIsNoDirectory) {
    auto const file = create("file");
    EXPECT_EQ(error_of("file", {.how = open_flag::directory, .rights = 0}), Errno::NotDir);
    EXPECT_EQ(error_of("file/", {.rights = 0}), Errno::NotDir);
    EXPECT_EQ(open("x", {}, file).error(), Errno::NotDir);
}

TEST_F(Opening, ALinkIsFollowedWhereTheApplicationSaysSo) {
    create("file", "found");
    ASSERT_EQ(call(&path_symlink, put("file"), 4U, root, put("link"), 4U), Errno::Success);
    EXPECT_EQ(error_of("link", {}), Errno::Loop);
    auto const fd = open("link", {.lookup = lookup_flag::symlink_follow});
    ASSERT_TRUE(fd);
    EXPECT_EQ(read(*fd, 8), "found");
}

TEST_F(Opening, StaysBelowItsDirectory) {
    create("file");
    EXPECT_EQ(error_of("/file", {}), Errno::Perm);
    EXPECT_EQ(error_of("../file", {}), Errno::Perm);
    EXPECT_EQ(error_of("./..//file", {}), Errno::Perm);
    EXPECT_EQ(error_of(".//file", {}), Errno::Success);
}

TEST_F(Opening, FlagsThatMakeNoSenseAreInvalid) {
    EXPECT_EQ(error_of("x", {.how = 0x10}), Errno::Inval);
    EXPECT_EQ(error_of("x", {.flags = 0x20}), Errno::Inval);
    EXPECT_EQ(error_of("x", {.lookup = 2}), Errno::Inval);
    EXPECT_EQ(error_of("x", {.how = open_flag::create | open_flag::directory}), Errno::Inval);
}

TEST_F(Opening, KeepsTheFlagsThatItWasGiven) {
    auto const flags = std::uint32_t{fd_flag::append | fd_flag::sync};
    auto const fd = open("file", {.how = open_flag::create, .flags = flags});
    ASSERT_TRUE(fd);
    EXPECT_EQ(fd_stat(*fd).flags, flags);
    EXPECT_TRUE(open(".", {.rights = 0, .flags = fd_flag::nonblock}));
}

TEST_F(Opening, MakesNoFileThatItCouldNotReport) {
    EXPECT_EQ(
        call(
            &path_open,
            root,
            0U,
            put("file"),
            4U,
            open_flag::create,
            Rights{0},
            Rights{0},
            0U,
            Pointer<std::uint32_t>{65536}
        ),
        Errno::Fault
    );
    EXPECT_EQ(error_of("file", {}), Errno::NoEnt);
}

TEST_F(Opening, UnknownRightsAreNotAsked) {
    EXPECT_EQ(error_of("file", {.how = open_flag::create, .rights = ~Rights{0}}), Errno::Success);
}

TEST_F(Opening, AReadOnlyDirectoryOpensWhatIsThereForReading) {
    create("file", "content");
    make_read_only();
    EXPECT_EQ(error_of("file", {}), Errno::RoFs);
    EXPECT_EQ(error_of("file", {.how = open_flag::truncate, .rights = 0}), Errno::RoFs);
    EXPECT_EQ(error_of("new", {}), Errno::NoEnt);
    EXPECT_EQ(error_of("new", {.how = open_flag::create, .rights = 0}), Errno::RoFs);
    EXPECT_EQ(error_of("new", {.how = open_flag::create | open_flag::truncate}), Errno::RoFs);
    constexpr auto read_only = right::fd_read;
    EXPECT_EQ(error_of("file", {.how = open_flag::create, .rights = read_only}), Errno::Success);
    EXPECT_EQ(
        error_of("file", {.how = open_flag::create | open_flag::exclusive, .rights = read_only}),
        Errno::Exist
    );
    auto const fd = open("file", {.rights = right::fd_read});
    ASSERT_TRUE(fd);
    EXPECT_EQ(read(*fd, 16), "content");
}

TEST_F(Opening, WhatLiesBelowAReadOnlyDirectoryIsReadOnlyToo) {
    ASSERT_EQ(call_path(&path_create_directory, root, "dir"), Errno::Success);
    make_read_only();
    auto const below = open("dir", {.rights = 0});
    ASSERT_TRUE(below);
    EXPECT_EQ(call_path(&path_create_directory, *below, "more"), Errno::RoFs);
}

} // namespace
} // namespace exec::wasi
