// What holds for every mount that can be written to: the memory mount and the host mount.

#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/files.hpp"
#include "os/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exec::vfs {
namespace {

using namespace test;
using namespace std::string_literals;
using ::testing::UnorderedElementsAre;

enum class Kind : std::uint8_t { Memory, Host };

class Mount : public ::testing::TestWithParam<Kind> {
protected:
    Mount() {
        if (GetParam() == Kind::Host)
            root_ = *make_host(temporary_.fd(), Access::ReadWrite);
        else
            root_ = make_memory({.now = [this] { return clock_ += 1000; }});
    }

    Directory& root() { return *root_; }

    std::unique_ptr<Directory> directory(std::string_view name) {
        EXPECT_TRUE(root().create_directory(name));
        return *open_directory(root(), name);
    }

private:
    os::TemporaryDirectory temporary_;
    std::uint64_t clock_ = 1'700'000'000'000'000'000;
    std::unique_ptr<Directory> root_;
};

INSTANTIATE_TEST_SUITE_P(
    All, Mount, ::testing::Values(Kind::Memory, Kind::Host), [](auto const& info) {
        return info.param == Kind::Memory ? "memory" : "host";
    }
);

TEST_P(Mount, reads_back_what_was_written) {
    ASSERT_TRUE(put(root(), "a", "hello"));
    EXPECT_EQ(get(root(), "a"), "hello");
    EXPECT_EQ(root().stat("a", Follow::No)->size, 5);
    EXPECT_EQ(root().stat("a", Follow::No)->type, FileType::RegularFile);
    EXPECT_EQ(root().stat("a", Follow::No)->links, 1);
}

TEST_P(Mount, reads_zeros_where_nothing_was_written) {
    auto const file = *open_file(root(), "a", {.write = true, .create = true});
    ASSERT_EQ(write_at(*file, "end", 300'000), 3);
    ASSERT_EQ(write_at(*file, "start", 0), 5);
    EXPECT_EQ(read_at(*file, 8, 299'995), "\0\0\0\0\0end"s);
    EXPECT_EQ(read_at(*file, 8, 0), "start\0\0\0"s);
    EXPECT_EQ(read_at(*file, 8, 400'000), "");
}

TEST_P(Mount, scatters_a_read_and_gathers_a_write) {
    auto const file = *open_file(root(), "a", {.write = true, .create = true});
    auto const bytes = [](std::string_view text) { return std::as_bytes(std::span{text}); };
    std::array const parts{bytes("ab"), bytes(""), bytes("cde")};
    EXPECT_EQ(file->write_at(parts, 1), 5);
    std::string first(2, '?');
    std::string second(9, '?');
    std::array const into{
        std::as_writable_bytes(std::span{first}), std::as_writable_bytes(std::span{second})
    };
    EXPECT_EQ(file->read_at(into, 0), 6);
    EXPECT_EQ(first, "\0a"s);
    EXPECT_EQ(second, "bcde?????"s);
}

TEST_P(Mount, appends_at_the_end_and_tells_where_that_is) {
    ASSERT_TRUE(put(root(), "a", "12345"));
    auto const file = *open_file(root(), "a", {.write = true});
    auto const appended = append(*file, "678");
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->written, 3);
    EXPECT_EQ(appended->end, 8);
    EXPECT_EQ(append(*file, "9")->end, 9);
    EXPECT_EQ(get(root(), "a"), "123456789");
}

TEST_P(Mount, cuts_and_grows_a_file) {
    ASSERT_TRUE(put(root(), "a", "12345"));
    auto const file = *open_file(root(), "a", {.write = true});
    ASSERT_TRUE(file->set_size(2));
    ASSERT_TRUE(file->set_size(4));
    EXPECT_EQ(get(root(), "a"), "12\0\0"s);
    EXPECT_EQ(error_of(file->set_size(1ULL << 63)), Errno::Inval);
}

TEST_P(Mount, allocates_and_never_shrinks) {
    auto const file = *open_file(root(), "a", {.write = true, .create = true});
    ASSERT_TRUE(file->allocate(0, 100));
    EXPECT_EQ(file->stat()->size, 100);
    ASSERT_TRUE(file->allocate(10, 10));
    EXPECT_EQ(file->stat()->size, 100);
    ASSERT_TRUE(file->allocate(90, 20));
    EXPECT_EQ(file->stat()->size, 110);
    EXPECT_EQ(error_of(file->allocate(0, 0)), Errno::Inval);
}

TEST_P(Mount, lets_only_an_open_for_writing_write) {
    ASSERT_TRUE(put(root(), "a", "x"));
    auto const file = *open_file(root(), "a");
    EXPECT_EQ(error_of(write_at(*file, "y", 0)), Errno::BadF);
    EXPECT_EQ(error_of(append(*file, "y")), Errno::BadF);
    EXPECT_EQ(error_of(file->set_size(0)), Errno::Inval);
    EXPECT_TRUE(file->set_times({.modified_ns = 5}));
    auto const writer = *open_file(root(), "a", {.read = false, .write = true});
    EXPECT_EQ(error_of(read_at(*writer, 1, 0)), Errno::BadF);
}

TEST_P(Mount, opens_as_asked) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(root(), "file", "text"));
    EXPECT_EQ(error_of(root().open("missing", {})), Errno::NoEnt);
    EXPECT_EQ(error_of(root().open("missing/file", {.create = true})), Errno::NoEnt);
    EXPECT_EQ(error_of(root().open("file", {.create = true, .exclusive = true})), Errno::Exist);
    EXPECT_EQ(error_of(root().open("file", {.directory = true})), Errno::NotDir);
    EXPECT_EQ(error_of(root().open("file/", {})), Errno::NotDir);
    EXPECT_EQ(error_of(root().open("file/x", {})), Errno::NotDir);
    EXPECT_EQ(error_of(root().open("dir", {.write = true})), Errno::IsDir);
    EXPECT_EQ(error_of(root().open("dir", {.write = true, .directory = true})), Errno::IsDir);
    EXPECT_EQ(error_of(root().open("dir", {.create = true})), Errno::IsDir);
    EXPECT_EQ(error_of(root().open("new/", {.create = true})), Errno::IsDir);
    EXPECT_TRUE(open_directory(root(), "dir///"));
    EXPECT_TRUE(root().open("file", {.read = false, .truncate = true}));
    EXPECT_EQ(get(root(), "file"), "");
}

TEST_P(Mount, goes_dots_and_many_slashes) {
    auto const made = directory("dir");
    ASSERT_TRUE(made->create_directory("nested"));
    ASSERT_TRUE(put(root(), "dir/nested/file", "x"));
    EXPECT_EQ(get(root(), "dir/.//nested/../../dir/nested/../nested///./file"), "x");
    EXPECT_TRUE(root().stat(".", Follow::No));
    EXPECT_EQ(root().stat("dir/..", Follow::No)->inode, root().stat()->inode);
}

TEST_P(Mount, does_not_let_a_path_out) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(root(), "file", "x"));
    for (auto const* path : {"..", "../x", "/", "/dir", "dir/../..", "dir/../../dir", "../"}) {
        EXPECT_EQ(error_of(root().open(path, {})), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().stat(path, Follow::No)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().create_directory(path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().remove_directory(path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().unlink(path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().read_link(path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().symlink("x", path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().rename("file", root(), path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().rename(path, root(), "y")), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().link("file", Follow::No, root(), path)), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().link(path, Follow::No, root(), "y")), Errno::Perm) << path;
        EXPECT_EQ(error_of(root().set_times(path, {}, Follow::No)), Errno::Perm) << path;
    }
}

TEST_P(Mount, confines_a_path_below_the_open_directory_that_it_starts_from) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(root(), "file", "x"));
    EXPECT_EQ(error_of(made->open("../file", {})), Errno::Perm);
    ASSERT_TRUE(made->symlink("../file", "link"));
    EXPECT_EQ(error_of(made->open("link", {})), Errno::Perm);
    EXPECT_EQ(get(root(), "dir/link"), "x");
}

TEST_P(Mount, refuses_names_that_nothing_can_have) {
    EXPECT_EQ(error_of(root().open("", {})), Errno::NoEnt);
    EXPECT_EQ(error_of(root().open("a\0b"s, {.create = true})), Errno::Inval);
    EXPECT_EQ(error_of(root().open("\xff", {.create = true})), Errno::IlSeq);
    auto const long_name = std::string(256, 'n');
    EXPECT_EQ(error_of(root().open(long_name, {.create = true})), Errno::NameTooLong);
    EXPECT_EQ(error_of(root().create_directory(long_name)), Errno::NameTooLong);
    EXPECT_EQ(error_of(root().stat(long_name, Follow::No)), Errno::NameTooLong);
    EXPECT_TRUE(root().create_directory(std::string(255, 'n')));
}

TEST_P(Mount, follows_symbolic_links_where_asked) {
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

TEST_P(Mount, ends_a_loop_of_symbolic_links) {
    ASSERT_TRUE(root().symlink("b", "a"));
    ASSERT_TRUE(root().symlink("a", "b"));
    EXPECT_EQ(error_of(root().open("a", {})), Errno::Loop);
    EXPECT_EQ(error_of(root().open("a/x", {})), Errno::Loop);
    EXPECT_EQ(error_of(root().link("a", Follow::Yes, root(), "c")), Errno::Loop);
}

TEST_P(Mount, follows_forty_symbolic_links_and_no_more) {
    ASSERT_TRUE(put(root(), "0", "x"));
    for (int i = 1; i <= 41; ++i)
        ASSERT_TRUE(root().symlink(std::to_string(i - 1), std::to_string(i)));
    EXPECT_EQ(get(root(), "40"), "x");
    EXPECT_EQ(error_of(root().open("41", {})), Errno::Loop);
}

TEST_P(Mount, creates_through_a_dangling_link_unless_told_not_to) {
    ASSERT_TRUE(root().symlink("target", "link"));
    EXPECT_EQ(error_of(root().open("link", {})), Errno::NoEnt);
    EXPECT_EQ(error_of(root().open("link", {.create = true, .follow = Follow::No})), Errno::Loop);
    EXPECT_EQ(error_of(root().open("link", {.create = true, .exclusive = true})), Errno::Exist);
    EXPECT_TRUE(root().open("link", {.create = true}));
    EXPECT_TRUE(root().stat("target", Follow::No));
}

TEST_P(Mount, refuses_links_to_an_absolute_path) {
    EXPECT_EQ(error_of(root().symlink("/", "link")), Errno::Perm);
    EXPECT_EQ(error_of(root().symlink("/etc/passwd", "link")), Errno::Perm);
    EXPECT_EQ(error_of(root().symlink("", "link")), Errno::NoEnt);
}

TEST_P(Mount, judges_slashes_behind_a_new_link_as_linux_does) {
    EXPECT_EQ(error_of(root().symlink("source", "target/")), Errno::NoEnt);
    auto const made = directory("dir");
    EXPECT_EQ(error_of(root().symlink("source", "dir/")), Errno::Exist);
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().symlink("source", "file")), Errno::Exist);
    EXPECT_EQ(error_of(root().link("file", Follow::No, root(), "new/")), Errno::NoEnt);
}

TEST_P(Mount, gives_a_file_a_second_name) {
    ASSERT_TRUE(put(root(), "a", "x"));
    ASSERT_TRUE(root().link("a", Follow::No, root(), "b"));
    EXPECT_EQ(root().stat("a", Follow::No)->inode, root().stat("b", Follow::No)->inode);
    EXPECT_EQ(root().stat("a", Follow::No)->links, 2);
    ASSERT_TRUE(root().unlink("a"));
    EXPECT_EQ(get(root(), "b"), "x");
    EXPECT_EQ(error_of(root().link("b", Follow::No, root(), "b")), Errno::Exist);
}

TEST_P(Mount, gives_no_directory_a_second_name) {
    auto const made = directory("dir");
    EXPECT_EQ(error_of(root().link("dir", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link("dir/", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link(".", Follow::No, root(), "b")), Errno::Perm);
    EXPECT_EQ(error_of(root().link("dir/..", Follow::No, root(), "b")), Errno::Perm);
}

TEST_P(Mount, links_a_symbolic_link_itself_or_what_it_leads_to) {
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

TEST_P(Mount, removes_files_and_directories_each_by_its_own_call) {
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

TEST_P(Mount, removes_a_link_and_not_what_it_leads_to) {
    auto const made = directory("dir");
    ASSERT_TRUE(root().symlink("dir", "link"));
    EXPECT_EQ(error_of(root().remove_directory("link")), Errno::NotDir);
    EXPECT_EQ(error_of(root().remove_directory("link/")), Errno::NotDir);
    EXPECT_TRUE(root().unlink("link"));
    EXPECT_TRUE(open_directory(root(), "dir"));
}

TEST_P(Mount, keeps_what_an_unlinked_open_file_holds) {
    ASSERT_TRUE(put(root(), "a", "alive"));
    auto const file = *open_file(root(), "a", {.write = true});
    ASSERT_TRUE(root().unlink("a"));
    EXPECT_EQ(read_at(*file, 5, 0), "alive");
    EXPECT_EQ(write_at(*file, "A", 0), 1);
    EXPECT_EQ(file->stat()->links, 0);
    EXPECT_EQ(error_of(root().open("a", {})), Errno::NoEnt);
}

TEST_P(Mount, lets_nothing_into_a_removed_directory) {
    auto const made = directory("dir");
    ASSERT_TRUE(root().remove_directory("dir"));
    EXPECT_EQ(error_of(made->open("a", {.create = true})), Errno::NoEnt);
    EXPECT_EQ(error_of(made->create_directory("a")), Errno::NoEnt);
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().rename("file", *made, "a")), Errno::NoEnt);
    EXPECT_EQ(error_of(root().link("file", Follow::No, *made, "a")), Errno::NoEnt);
}

TEST_P(Mount, renames_over_what_may_be_replaced) {
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

TEST_P(Mount, does_not_move_a_directory_below_itself) {
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

TEST_P(Mount, renames_with_slashes_only_directories) {
    auto const made = directory("source");
    EXPECT_TRUE(root().rename("source/", root(), "target"));
    EXPECT_TRUE(root().rename("target", root(), "source/"));
    EXPECT_TRUE(root().rename("source/", root(), "target/"));
    ASSERT_TRUE(put(root(), "file", ""));
    EXPECT_EQ(error_of(root().rename("file/", root(), "new")), Errno::NotDir);
    EXPECT_EQ(error_of(root().rename("file", root(), "new/")), Errno::NotDir);
}

TEST_P(Mount, moves_a_file_from_one_open_directory_to_another) {
    auto const from = directory("from");
    auto const to = directory("to");
    ASSERT_TRUE(put(*from, "a", "x"));
    ASSERT_TRUE(from->rename("a", *to, "b"));
    EXPECT_EQ(get(root(), "to/b"), "x");
    EXPECT_THAT(*names(*from), UnorderedElementsAre());
}

TEST_P(Mount, makes_no_names_in_another_mount) {
    auto const other = make_memory({.now = [] { return 0; }});
    ASSERT_TRUE(put(root(), "a", "x"));
    EXPECT_EQ(error_of(root().rename("a", *other, "a")), Errno::XDev);
    EXPECT_EQ(error_of(root().link("a", Follow::No, *other, "a")), Errno::XDev);
}

TEST_P(Mount, sets_the_times_that_are_given) {
    ASSERT_TRUE(put(root(), "file", "x"));
    ASSERT_TRUE(root().symlink("file", "link"));
    ASSERT_TRUE(root().set_times("file", {.accessed_ns = 7, .modified_ns = 9}, Follow::No));
    ASSERT_TRUE(root().set_times("link", {.modified_ns = 1'000'000'011}, Follow::No));
    EXPECT_EQ(root().stat("file", Follow::No)->accessed_ns, 7);
    EXPECT_EQ(root().stat("file", Follow::No)->modified_ns, 9);
    EXPECT_EQ(root().stat("link", Follow::No)->modified_ns, 1'000'000'011);
    ASSERT_TRUE(root().set_times("link", {.modified_ns = 13}, Follow::Yes));
    EXPECT_EQ(root().stat("file", Follow::No)->modified_ns, 13);
    EXPECT_EQ(root().stat("file", Follow::No)->accessed_ns, 7);
    ASSERT_TRUE(root().set_times({.modified_ns = 15}));
    EXPECT_EQ(root().stat()->modified_ns, 15);
}

TEST_P(Mount, notes_a_change_in_the_time_of_modification) {
    ASSERT_TRUE(put(root(), "file", "x"));
    ASSERT_TRUE(root().set_times("file", {.modified_ns = 9}, Follow::No));
    auto const file = *open_file(root(), "file", {.write = true});
    ASSERT_TRUE(write_at(*file, "y", 0));
    EXPECT_GT(file->stat()->modified_ns, 1'600'000'000'000'000'000);
    ASSERT_TRUE(root().set_times({.modified_ns = 9}));
    ASSERT_TRUE(root().unlink("file"));
    EXPECT_GT(root().stat()->modified_ns, 1'600'000'000'000'000'000);
}

TEST_P(Mount, lists_dots_and_all_names_with_their_types) {
    auto const made = directory("dir");
    ASSERT_TRUE(put(*made, "file", ""));
    ASSERT_TRUE(made->create_directory("sub"));
    ASSERT_TRUE(made->symlink("file", "link"));
    std::set<std::string> found;
    for (auto const& entry : *made->entries(0, 4096)) {
        found.insert(entry.name);
        auto const expected =
            entry.name == ".." ? root().stat() : made->stat(entry.name, Follow::No);
        EXPECT_EQ(entry.inode, expected->inode) << entry.name;
        EXPECT_EQ(entry.type, expected->type) << entry.name;
    }
    EXPECT_THAT(found, UnorderedElementsAre(".", "..", "file", "sub", "link"));
}

TEST_P(Mount, goes_on_with_a_listing_at_any_cookie) {
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(put(root(), "file." + std::to_string(i), ""));
    auto const all = *root().entries(0, 1 << 20);
    ASSERT_EQ(all.size(), 502);
    for (std::size_t i = 1; i < all.size(); i += 37) {
        auto const rest = *root().entries(all[i - 1].next, 1);
        ASSERT_EQ(rest.size(), 1);
        EXPECT_EQ(rest[0].name, all[i].name);
    }
    EXPECT_TRUE(root().entries(all.back().next, 4096)->empty());
    EXPECT_EQ(names(root(), 100)->size(), 500);
}

TEST_P(Mount, fills_the_room_of_a_listing_up_to_the_entry_that_crosses_its_end) {
    for (char name = 'a'; name <= 'j'; ++name) ASSERT_TRUE(put(root(), std::string{name}, ""));
    EXPECT_EQ(root().entries(0, 0)->size(), 0);
    EXPECT_EQ(root().entries(0, 1)->size(), 1);
    EXPECT_EQ(root().entries(0, 100)->size(), 4); // of 25 or 26 bytes each
}

TEST_P(Mount, lists_the_others_once_each_while_names_come_and_go) {
    std::set<std::string> stay;
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(put(root(), "go." + std::to_string(i), ""));
        stay.insert("stay." + std::to_string(i));
        ASSERT_TRUE(put(root(), "stay." + std::to_string(i), ""));
    }
    std::multiset<std::string> found;
    int step = 0;
    for (std::uint64_t cookie = 0;;) {
        auto const list = *root().entries(cookie, 200);
        if (list.empty()) break;
        for (auto const& entry : list)
            if (entry.name.starts_with("stay")) found.insert(entry.name);
        cookie = list.back().next;
        if (step >= 200) continue;
        ASSERT_TRUE(root().unlink("go." + std::to_string(step)));
        ASSERT_TRUE(put(root(), "new." + std::to_string(step++), ""));
    }
    EXPECT_EQ(found.size(), 200);
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), stay);
}

TEST_P(Mount, takes_advice_and_syncs) {
    auto const file = *open_file(root(), "a", {.write = true, .create = true, .sync = true});
    for (auto const advice :
         {Advice::Normal,
          Advice::Sequential,
          Advice::Random,
          Advice::WillNeed,
          Advice::DontNeed,
          Advice::NoReuse})
        EXPECT_TRUE(file->advise(0, 10, advice));
    EXPECT_TRUE(file->sync(true));
    EXPECT_TRUE(file->sync(false));
    EXPECT_TRUE(root().sync());
}

} // namespace
} // namespace exec::vfs
