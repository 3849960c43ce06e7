// What holds of links, removal and renaming in every mount that can be written to.

#include "keep/exec/vfs/test/mounts.hpp"

#include <gmock/gmock.h>

namespace exec::vfs {
namespace {

using namespace test;
using namespace std::string_literals;
using ::testing::UnorderedElementsAre;

using MountNames = AnyMount;
INSTANTIATE_TEST_SUITE_P(All, MountNames, mount_kinds(), mount_name);

TEST_P(MountNames, follows_symbolic_links_where_asked) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(root(), "dir/file", "x"));
    ASSERT_TRUE(root().symlink("dir/file", "to-file"));
    ASSERT_TRUE(root().symlink("dir", "to-dir"));
    EXPECT_EQ(get(root(), "to-file"), "x");
    EXPECT_EQ(get(root(), "to-dir/file"), "x");
    EXPECT_EQ(root().read_link("to-file"), "dir/file");
    EXPECT_EQ(error_of(root().read_link("dir")), Errno::Inval);
    EXPECT_EQ(error_of(root().read_link("dir/file")), Errno::Inval);
    EXPECT_EQ(error_of(root().open("to-file", {.follow = Follow::No})), Errno::Loop);
    EXPECT_EQ(error_of(root().open("to-dir", {.follow = Follow::No})), Errno::Loop);
    EXPECT_EQ(root().stat("to-file", Follow::No)->type, FileType::SymbolicLink);
    EXPECT_EQ(root().stat("to-file", Follow::No)->size, 8);
    EXPECT_EQ(root().stat("to-file", Follow::Yes)->type, FileType::RegularFile);
    EXPECT_EQ(root().stat("to-dir/", Follow::No)->type, FileType::Directory);
}

TEST_P(MountNames, ends_a_loop_of_symbolic_links) {
    ASSERT_TRUE(root().symlink("b", "a"));
    ASSERT_TRUE(root().symlink("a", "b"));
    EXPECT_EQ(error_of(root().open("a", {})), Errno::Loop);
    EXPECT_EQ(error_of(root().open("a/x", {})), Errno::Loop);
    EXPECT_EQ(error_of(root().link("a", Follow::Yes, root(), "c")), Errno::Loop);
}

TEST_P(MountNames, follows_forty_symbolic_links_and_no_more) {
    ASSERT_TRUE(put(root(), "0", "x"));
    for (int i = 1; i <= 41; ++i)
        ASSERT_TRUE(root().symlink(std::to_string(i - 1), std::to_string(i)));
    EXPECT_EQ(get(root(), "40"), "x");
    EXPECT_EQ(error_of(root().open("41", {})), Errno::Loop);
}

TEST_P(MountNames, creates_through_a_dangling_link_unless_told_not_to) {
    ASSERT_TRUE(root().symlink("target", "link"));
    EXPECT_EQ(error_of(root().open("link", {})), Errno::NoEnt);
    EXPECT_EQ(error_of(root().open("link", {.create = true, .follow = Follow::No})), Errno::Loop);
    EXPECT_EQ(error_of(root().open("link", {.create = true, .exclusive = true})), Errno::Exist);
    EXPECT_TRUE(root().open("link", {.create = true}));
    EXPECT_TRUE(root().stat("target", Follow::No));
}

TEST_P(MountNames, refuses_links_to_an_absolute_path) {
    EXPECT_EQ(error_of(root().symlink("/", "link")), Errno::Perm);
    EXPECT_EQ(error_of(root().symlink("/etc/passwd", "link")), Errno::Perm);
    EXPECT_EQ(error_of(root().symlink("", "link")), Errno::NoEnt);
}

TEST_P(MountNames, judges_slashes_behind_a_new_link_as_linux_does) {
    EXPECT_EQ(error_of(root().symlink("source", "target/")), Errno::NoEnt);
    auto const made = directory("dir");
    EXPECT_EQ(error_of(root().symlink("source", "dir/")), Errno::Exist);
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().symlink("source", "file")), Errno::Exist);
    EXPECT_EQ(error_of(root().link("file", Follow::No, root(), "new/")), Errno::NoEnt);
}

TEST_P(MountNames, gives_a_file_a_second_name) {
    ASSERT_TRUE(put(root(), "a", "x"));
    ASSERT_TRUE(root().link("a", Follow::No, root(), "b"));
    EXPECT_EQ(root().stat("a", Follow::No)->inode, root().stat("b", Follow::No)->inode);
    EXPECT_EQ(root().stat("a", Follow::No)->links, 2);
    ASSERT_TRUE(root().unlink("a"));
    EXPECT_EQ(get(root(), "b"), "x");
    EXPECT_EQ(error_of(root().link("b", Follow::No, root(), "b")), Errno::Exist);
}

TEST_P(MountNames, gives_no_directory_a_second_name) {
    auto const made = directory("dir");
    EXPECT_EQ(error_of(root().link("dir", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link("dir/", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link(".", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link("dir/..", Follow::No, root(), "b")), Errno::Perm);
}

TEST_P(MountNames, links_a_symbolic_link_itself_or_what_it_leads_to) {
    ASSERT_TRUE(put(root(), "file", "x"));
    ASSERT_TRUE(root().symlink("file", "link"));
    ASSERT_TRUE(root().link("link", Follow::No, root(), "itself"));
    ASSERT_TRUE(root().link("link", Follow::Yes, root(), "led-to"));
    EXPECT_EQ(root().stat("itself", Follow::No)->type, FileType::SymbolicLink);
    EXPECT_EQ(root().stat("led-to", Follow::No)->type, FileType::RegularFile);
    EXPECT_EQ(error_of(root().link("link/", Follow::No, root(), "new")), Errno::NotDir);
    ASSERT_TRUE(root().unlink("file"));
    ASSERT_TRUE(root().link("link", Follow::No, root(), "dangling"));
    EXPECT_EQ(error_of(root().link("link", Follow::Yes, root(), "new")), Errno::NoEnt);
}

TEST_P(MountNames, removes_files_and_directories_each_by_its_own_call) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(root(), "dir/file", ""));
    EXPECT_EQ(error_of(root().unlink("dir")), Errno::IsDir);
    EXPECT_EQ(error_of(root().unlink("dir/")), Errno::IsDir);
    EXPECT_EQ(error_of(root().remove_directory("dir/file")), Errno::NotDir);
    EXPECT_EQ(error_of(root().remove_directory("dir/file/")), Errno::NotDir);
    EXPECT_EQ(error_of(root().unlink("dir/file/")), Errno::NotDir);
    EXPECT_EQ(error_of(root().remove_directory("dir")), Errno::NotEmpty);
    EXPECT_EQ(error_of(root().remove_directory("dir/.")), Errno::Inval);
    EXPECT_EQ(error_of(root().remove_directory("dir/..")), Errno::NotEmpty);
    EXPECT_TRUE(root().unlink("dir/file"));
    EXPECT_TRUE(root().remove_directory("dir/"));
    EXPECT_EQ(error_of(root().remove_directory("dir")), Errno::NoEnt);
    EXPECT_EQ(error_of(root().unlink("file")), Errno::NoEnt);
}

TEST_P(MountNames, removes_a_link_and_not_what_it_leads_to) {
    auto const made = directory("dir");
    ASSERT_TRUE(root().symlink("dir", "link"));
    EXPECT_EQ(error_of(root().remove_directory("link")), Errno::NotDir);
    EXPECT_EQ(error_of(root().remove_directory("link/")), Errno::NotDir);
    EXPECT_TRUE(root().unlink("link"));
    EXPECT_TRUE(open_directory(root(), "dir"));
}

TEST_P(MountNames, keeps_what_an_unlinked_open_file_holds) {
    ASSERT_TRUE(put(root(), "a", "alive"));
    auto const file = *open_file(root(), "a", {.write = true});
    ASSERT_TRUE(root().unlink("a"));
    EXPECT_EQ(read_at(*file, 5, 0), "alive");
    EXPECT_EQ(write_at(*file, "A", 0), 1);
    EXPECT_EQ(file->stat()->links, 0);
    EXPECT_EQ(error_of(root().open("a", {})), Errno::NoEnt);
}

TEST_P(MountNames, lets_nothing_into_a_removed_directory) {
    auto const made = directory("dir");
    ASSERT_TRUE(root().remove_directory("dir"));
    EXPECT_EQ(error_of(made->open("a", {.create = true})), Errno::NoEnt);
    EXPECT_EQ(error_of(made->create_directory("a")), Errno::NoEnt);
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().rename("file", *made, "a")), Errno::NoEnt);
    EXPECT_EQ(error_of(root().link("file", Follow::No, *made, "a")), Errno::NoEnt);
}

TEST_P(MountNames, renames_over_what_may_be_replaced) {
    ASSERT_TRUE(put(root(), "a", "a"));
    ASSERT_TRUE(put(root(), "b", "b"));
    ASSERT_TRUE(root().rename("a", root(), "b"));
    EXPECT_EQ(get(root(), "b"), "a");
    EXPECT_THAT(*names(root()), UnorderedElementsAre("b"));

    auto const full = directory("full");
    auto const empty = directory("empty");
    ASSERT_TRUE(put(*full, "file", "x"));
    EXPECT_EQ(error_of(root().rename("empty", root(), "full")), Errno::NotEmpty);
    EXPECT_EQ(error_of(root().rename("b", root(), "full")), Errno::IsDir);
    EXPECT_EQ(error_of(root().rename("full", root(), "b")), Errno::NotDir);
    EXPECT_TRUE(root().rename("full", root(), "empty"));
    EXPECT_EQ(get(root(), "empty/file"), "x");
}

TEST_P(MountNames, does_not_move_a_directory_below_itself) {
    auto const made = directory("dir");
    ASSERT_TRUE(made->create_directory("sub"));
    EXPECT_EQ(error_of(root().rename("dir", root(), "dir/new")), Errno::Inval);
    EXPECT_EQ(error_of(root().rename("dir", root(), "dir/sub/new")), Errno::Inval);
    EXPECT_EQ(error_of(root().rename("dir/sub", root(), "dir")), Errno::NotEmpty);
    EXPECT_EQ(error_of(root().rename(".", root(), "new")), Errno::Busy);
    EXPECT_EQ(error_of(root().rename("dir", root(), "dir/.")), Errno::Busy);
    EXPECT_TRUE(root().rename("dir", root(), "dir"));
    EXPECT_TRUE(root().stat("dir/sub", Follow::No));
}

TEST_P(MountNames, renames_with_slashes_only_directories) {
    auto const made = directory("source");
    EXPECT_TRUE(root().rename("source/", root(), "target"));
    EXPECT_TRUE(root().rename("target", root(), "source/"));
    EXPECT_TRUE(root().rename("source/", root(), "target/"));
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().rename("file/", root(), "new")), Errno::NotDir);
    EXPECT_EQ(error_of(root().rename("file", root(), "new/")), Errno::NotDir);
}

TEST_P(MountNames, moves_a_file_from_one_open_directory_to_another) {
    auto const from = directory("from");
    auto const to = directory("to");
    ASSERT_TRUE(put(*from, "a", "x"));
    ASSERT_TRUE(from->rename("a", *to, "b"));
    EXPECT_EQ(get(root(), "to/b"), "x");
    EXPECT_THAT(*names(*from), UnorderedElementsAre());
}

TEST_P(MountNames, makes_no_names_in_another_mount) {
    auto const other = make_memory({.now = [] { return 0; }});
    ASSERT_TRUE(put(root(), "a", "x"));
    EXPECT_EQ(error_of(root().rename("a", *other, "a")), Errno::XDev);
    EXPECT_EQ(error_of(root().link("a", Follow::No, *other, "a")), Errno::XDev);
}

} // namespace
} // namespace exec::vfs
