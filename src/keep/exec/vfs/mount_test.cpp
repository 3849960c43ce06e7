// What holds of paths, contents, times and listings in every mount that can be written to.

#include "keep/exec/vfs/test/mounts.hpp"

#include <gmock/gmock.h>

namespace exec::vfs {
namespace {

using namespace test;
using namespace std::string_literals;
using ::testing::UnorderedElementsAre;

using Mount = AnyMount;
INSTANTIATE_TEST_SUITE_P(All, Mount, mount_kinds(), mount_name);

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
