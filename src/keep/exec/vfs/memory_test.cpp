#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/files.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <malloc.h>

namespace exec::vfs {
namespace {

using namespace test;

constexpr std::uint64_t mebibyte = 1 << 20;

std::unique_ptr<Directory> mount(std::uint64_t max_bytes, std::uint64_t max_files = 1000) {
    return make_memory({.max_bytes = max_bytes, .max_files = max_files, .now = [] { return 1; }});
}

TEST(Memory, holds_no_more_bytes_than_its_limit) {
    auto const root = mount(mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    EXPECT_EQ(write_at(*file, std::string(mebibyte, 'x'), 0), mebibyte);
    EXPECT_EQ(error_of(append(*file, "x")), Errno::NoSpc);
    EXPECT_EQ(error_of(put(*root, "b", "x")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->symlink("a", "link")), Errno::NoSpc);
    EXPECT_EQ(write_at(*file, "y", 0), 1);
}

TEST(Memory, shares_one_budget_with_other_mounts) {
    auto const memory = std::make_shared<base::Budget>(mebibyte);
    auto const options = MemoryOptions{.within = memory, .now = [] { return 1; }};
    auto const one = make_memory(options);
    auto const other = make_memory(options);
    EXPECT_TRUE(put(*one, "a", std::string(mebibyte / 2, 'x')));
    auto const file = *open_file(*other, "b", {.write = true, .create = true});
    EXPECT_LT(*write_at(*file, std::string(mebibyte, 'x'), 0), mebibyte / 2);
    EXPECT_EQ(error_of(append(*file, std::string(mebibyte / 16, 'x'))), Errno::NoSpc);
    ASSERT_TRUE(one->unlink("a"));
    EXPECT_TRUE(append(*file, std::string(mebibyte / 16, 'x')));
}

// Directories, links and empty files have no content, and yet cost memory.
TEST(Memory, counts_each_name_in_the_budget_until_it_goes) {
    auto const memory = std::make_shared<base::Budget>(4 * bytes_of_a_name);
    auto const root = make_memory({.within = memory, .now = [] { return 1; }});
    EXPECT_TRUE(root->create_directory("directory"));
    EXPECT_TRUE(put(*root, "file", ""));
    EXPECT_TRUE(root->link("file", Follow::No, *root, "second"));
    EXPECT_TRUE(put(*root, "directory/other", ""));
    EXPECT_EQ(error_of(put(*root, "one too many", "")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->create_directory("one too many")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->link("file", Follow::No, *root, "third")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->symlink("file", "third")), Errno::NoSpc);
    EXPECT_TRUE(root->rename("file", *root, "renamed")); // no name more
    EXPECT_TRUE(root->rename("second", *root, "directory/other"));
    EXPECT_EQ(memory->left(), bytes_of_a_name);
    EXPECT_TRUE(root->unlink("directory/other"));
    EXPECT_TRUE(root->remove_directory("directory"));
    EXPECT_EQ(memory->left(), 3 * bytes_of_a_name);
}

TEST(Memory, takes_no_more_for_a_name_than_it_counts) {
    auto const root = make_memory({.now = [] { return 1; }});
    constexpr std::uint64_t names = 20'000;
    auto const before = ::mallinfo2().uordblks;
    for (std::uint64_t i = 0; i < names; ++i) {
        auto const number = std::to_string(i);
        ASSERT_TRUE(put(*root, number + std::string(255 - number.size(), 'n'), ""));
    }
    EXPECT_LT((::mallinfo2().uordblks - before) / names, bytes_of_a_name);
}

TEST(Memory, writes_as_much_as_still_fits) {
    auto const root = mount(mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    EXPECT_EQ(write_at(*file, std::string(mebibyte + 7, 'x'), 0), mebibyte);
    EXPECT_EQ(file->stat()->size, mebibyte);
}

TEST(Memory, takes_back_the_room_of_what_is_cut_or_unlinked) {
    auto const root = mount(mebibyte);
    for (int round = 0; round < 10; ++round) {
        auto const file = *open_file(*root, "a", {.write = true, .create = true});
        ASSERT_EQ(write_at(*file, std::string(mebibyte, 'x'), 0), mebibyte);
        ASSERT_TRUE(file->set_size(0));
        ASSERT_EQ(write_at(*file, std::string(mebibyte, 'x'), 0), mebibyte);
        ASSERT_TRUE(root->unlink("a"));
        // Still open: the room is not free yet.
        EXPECT_EQ(error_of(put(*root, "b", "x")), Errno::NoSpc);
        ASSERT_TRUE(root->unlink("b"));
    }
}

TEST(Memory, holds_no_more_names_than_its_limit) {
    auto const root = mount(mebibyte, 3);
    ASSERT_TRUE(put(*root, "a", ""));
    ASSERT_TRUE(root->create_directory("b"));
    ASSERT_TRUE(root->link("a", Follow::No, *root, "c"));
    EXPECT_EQ(error_of(put(*root, "d", "")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->create_directory("d")), Errno::NoSpc);
    EXPECT_EQ(error_of(root->symlink("a", "d")), Errno::NoSpc);
    EXPECT_TRUE(root->rename("c", *root, "d"));
    ASSERT_TRUE(root->remove_directory("b"));
    EXPECT_TRUE(root->symlink("a", "e"));
}

TEST(Memory, spends_room_only_on_what_is_written_of_a_huge_file) {
    auto const root = mount(mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    constexpr std::uint64_t far = 1ULL << 60;
    ASSERT_EQ(write_at(*file, "far", far), 3);
    ASSERT_EQ(write_at(*file, "near", 1 << 20), 4);
    EXPECT_EQ(file->stat()->size, far + 3);
    EXPECT_EQ(read_at(*file, 3, far), "far");
    EXPECT_EQ(read_at(*file, 4, 1 << 20), "near");
    EXPECT_EQ(read_at(*file, 2, far / 2), std::string(2, '\0'));
    EXPECT_TRUE(file->set_size((1ULL << 63) - 1));
}

TEST(Memory, ends_a_file_at_the_largest_offset) {
    auto const root = mount(mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    constexpr std::uint64_t largest = (1ULL << 63) - 1;
    EXPECT_EQ(write_at(*file, "xy", largest - 1), 1);
    EXPECT_EQ(error_of(write_at(*file, "x", largest)), Errno::FBig);
    EXPECT_EQ(error_of(write_at(*file, "x", largest + 1)), Errno::Inval);
    EXPECT_EQ(error_of(append(*file, "x")), Errno::FBig);
    EXPECT_EQ(error_of(file->allocate(largest, 1)), Errno::FBig);
}

TEST(Memory, allocates_only_what_it_has) {
    auto const root = mount(mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    EXPECT_EQ(error_of(file->allocate(0, 1ULL << 50)), Errno::NoSpc);
    ASSERT_TRUE(file->allocate(0, mebibyte));
    EXPECT_EQ(error_of(put(*root, "b", "x")), Errno::NoSpc);
    EXPECT_EQ(write_at(*file, std::string(mebibyte, 'x'), 0), mebibyte);
}

TEST(Memory, streams_a_large_file_through) {
    auto const root = mount(256 * mebibyte);
    auto const file = *open_file(*root, "a", {.write = true, .create = true});
    std::string const block(mebibyte, 'x');
    for (int i = 0; i < 256; ++i) ASSERT_EQ(append(*file, block)->written, mebibyte);
    for (std::uint64_t at = 0; at < 256 * mebibyte; at += mebibyte)
        ASSERT_EQ(read_at(*file, mebibyte, at), block);
}

TEST(Memory, ends_with_a_hundred_thousand_directories_within_each_other) {
    auto const root = mount(mebibyte, 1'000'000);
    ASSERT_TRUE(root->create_directory("d"));
    auto at = *open_directory(*root, "d");
    for (int depth = 0; depth < 100'000; ++depth) {
        ASSERT_TRUE(at->create_directory("d"));
        at = *open_directory(*at, "d");
    }
}

TEST(Memory, lives_as_long_as_anything_of_it_is_open) {
    auto root = mount(mebibyte);
    ASSERT_TRUE(put(*root, "a", "alive"));
    auto const file = *open_file(*root, "a");
    root.reset();
    EXPECT_EQ(read_at(*file, 5, 0), "alive");
}

TEST(Memory, counts_the_links_of_a_directory) {
    auto const root = mount(mebibyte);
    EXPECT_EQ(root->stat()->links, 2);
    ASSERT_TRUE(root->create_directory("a"));
    ASSERT_TRUE(root->create_directory("b"));
    EXPECT_EQ(root->stat()->links, 4);
    ASSERT_TRUE(root->rename("a", *root, "b/a"));
    EXPECT_EQ(root->stat()->links, 3);
    EXPECT_EQ(root->stat("b", Follow::No)->links, 3);
    ASSERT_TRUE(root->remove_directory("b/a"));
    EXPECT_EQ(root->stat("b", Follow::No)->links, 2);
}

} // namespace
} // namespace exec::vfs
