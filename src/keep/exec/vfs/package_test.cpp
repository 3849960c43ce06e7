#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/package.hpp"
#include "keep/exec/vfs/test/files.hpp"
#include "os/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exec::vfs {
namespace {

using namespace test;
using ::testing::UnorderedElementsAre;

MemoryOptions options() {
    return {.now = [] { return 1'700'000'000'000'000'000; }};
}

PackageFile file(std::string_view path, std::string_view text) {
    return {.path = path, .contents = std::as_bytes(std::span{text})};
}

std::unique_ptr<Directory> small_package() {
    std::array const files{file("main.txt", "hello"), file("lib/deep/data", "1234")};
    return *make_package(files, options());
}

TEST(Package, holds_the_files_that_it_was_made_of) {
    auto const package = small_package();
    EXPECT_EQ(get(*package, "main.txt"), "hello");
    EXPECT_EQ(get(*package, "lib/deep/data"), "1234");
    EXPECT_THAT(*names(*package), UnorderedElementsAre("main.txt", "lib"));
}

TEST(Package, refuses_every_change) {
    auto const package = small_package();
    EXPECT_EQ(error_of(package->open("main.txt", {.write = true})), Errno::RoFs);
    EXPECT_EQ(error_of(package->open("main.txt", {.truncate = true})), Errno::RoFs);
    EXPECT_EQ(error_of(package->open("new", {.create = true})), Errno::RoFs);
    EXPECT_EQ(error_of(package->create_directory("new")), Errno::RoFs);
    EXPECT_EQ(error_of(package->remove_directory("lib")), Errno::RoFs);
    EXPECT_EQ(error_of(package->unlink("main.txt")), Errno::RoFs);
    EXPECT_EQ(error_of(package->rename("main.txt", *package, "x")), Errno::RoFs);
    EXPECT_EQ(error_of(package->link("main.txt", Follow::No, *package, "x")), Errno::RoFs);
    EXPECT_EQ(error_of(package->symlink("main.txt", "x")), Errno::RoFs);
    EXPECT_EQ(error_of(package->set_times({.modified_ns = 1})), Errno::RoFs);
    EXPECT_EQ(error_of(package->set_times("lib", {.modified_ns = 1}, Follow::No)), Errno::RoFs);
    auto const open = *open_file(*package, "main.txt");
    EXPECT_EQ(error_of(write_at(*open, "x", 0)), Errno::BadF);
    EXPECT_EQ(error_of(open->set_size(0)), Errno::Inval);
    EXPECT_EQ(error_of(open->set_times({.modified_ns = 1})), Errno::RoFs);
    EXPECT_EQ(get(*package, "main.txt"), "hello");
}

TEST(Package, opens_an_existing_file_even_with_create) {
    auto const package = small_package();
    EXPECT_TRUE(package->open("main.txt", {.create = true}));
    EXPECT_EQ(
        error_of(package->open("main.txt", {.create = true, .exclusive = true})), Errno::Exist
    );
}

TEST(Package, refuses_a_path_that_comes_twice_or_leads_out) {
    std::array const twice{file("a", "1"), file("a", "2")};
    EXPECT_EQ(error_of(make_package(twice, options())), Errno::Exist);
    std::array const out{file("../a", "1")};
    EXPECT_EQ(error_of(make_package(out, options())), Errno::Perm);
    std::array const below_file{file("a", "1"), file("a/b", "2")};
    EXPECT_EQ(error_of(make_package(below_file, options())), Errno::NotDir);
}

TEST(Package, keeps_to_its_limits) {
    std::array const files{file("a", "1"), file("b", std::string_view{"2"})};
    EXPECT_EQ(error_of(make_package(files, {.max_files = 1, .now = options().now})), Errno::NoSpc);
    EXPECT_EQ(error_of(make_package(files, {.max_bytes = 65, .now = options().now})), Errno::NoSpc);
}

class HostPackage : public ::testing::Test {
protected:
    Result<std::unique_ptr<Directory>> package() { return make_package(*host, options()); }

    os::TemporaryDirectory temporary;
    std::unique_ptr<Directory> host = *make_host(temporary.fd(), Access::ReadWrite);
};

TEST_F(HostPackage, is_a_copy_that_the_host_cannot_change_any_more) {
    ASSERT_TRUE(host->create_directory("dir"));
    ASSERT_TRUE(put(*host, "dir/file", std::string(200'000, 'x')));
    ASSERT_TRUE(host->symlink("dir/file", "link"));
    ASSERT_TRUE(host->symlink("nowhere", "dangling"));
    auto const copy = package();
    ASSERT_TRUE(copy);
    ASSERT_TRUE(put(*host, "dir/file", "changed"));
    EXPECT_EQ(get(**copy, "link"), std::string(200'000, 'x'));
    EXPECT_EQ((*copy)->read_link("dangling"), "nowhere");
    EXPECT_THAT(*names(**copy), UnorderedElementsAre("dir", "link", "dangling"));
}

TEST_F(HostPackage, refuses_a_link_that_leads_out) {
    ASSERT_TRUE(host->create_directory("dir"));
    ASSERT_TRUE(host->symlink("../../etc/passwd", "dir/link"));
    EXPECT_EQ(error_of(package()), Errno::Perm);
    ASSERT_TRUE(host->unlink("dir/link"));
    ASSERT_EQ(::symlinkat("/etc/passwd", temporary.fd().number(), "absolute"), 0);
    EXPECT_EQ(error_of(package()), Errno::Perm);
}

TEST_F(HostPackage, takes_a_link_that_only_turns_round_inside) {
    ASSERT_TRUE(host->create_directory("dir"));
    ASSERT_TRUE(put(*host, "file", "x"));
    ASSERT_TRUE(host->symlink("../file", "dir/link"));
    EXPECT_EQ(get(**package(), "dir/link"), "x");
}

TEST_F(HostPackage, refuses_what_is_no_file) {
    ASSERT_EQ(::mkfifoat(temporary.fd().number(), "pipe", 0600), 0);
    EXPECT_EQ(error_of(package()), Errno::NotSup);
}

TEST_F(HostPackage, refuses_a_tree_that_is_too_deep) {
    std::string path;
    for (unsigned depth = 0; depth < deepest_package; ++depth) {
        path += "d/";
        ASSERT_TRUE(host->create_directory(path));
    }
    EXPECT_EQ(error_of(package()), Errno::TooBig);
    ASSERT_TRUE(host->remove_directory(path));
    EXPECT_TRUE(package());
}

} // namespace
} // namespace exec::vfs
