// A folder's files appear whole, are this user's own, and are never reached through a link.

#include "os/folder.hpp"
#include "os/read_file.hpp"
#include "os/temporary_directory.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace {

using base::Errno;

class OwnFolder : public ::testing::Test {
protected:
    base::Result<os::Folder> open() {
        return os::Folder::own(os::Fd{::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY)});
    }
    std::string path(std::string const& name) const { return folder_.path() + '/' + name; }
    base::Result<void> write(std::string const& name, std::string_view text) {
        std::array<std::span<std::byte const>, 2> const parts{
            std::as_bytes(std::span{text.substr(0, 1)}), std::as_bytes(std::span{text.substr(1)})
        };
        return open()->write(name, parts);
    }
    std::string read(std::string const& name, std::size_t most = 1000) {
        auto const file = open()->own_file(name);
        if (!file) return "nothing";
        auto const bytes = os::read_file(file->number(), most);
        return {reinterpret_cast<char const*>(bytes->view().data()), bytes->view().size()};
    }

    os::TemporaryDirectory folder_;
};

TEST_F(OwnFolder, gives_back_what_was_written_and_shows_it_to_nobody_else) {
    EXPECT_EQ(read("name"), "nothing");
    ASSERT_TRUE(write("name", "one"));
    EXPECT_EQ(read("name"), "one");
    ASSERT_TRUE(write("name", "another"));
    EXPECT_EQ(read("name"), "another");
    struct stat status{};
    ASSERT_EQ(::stat(path("name").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_NE(::access(path("name.new").c_str(), F_OK), 0);
}

TEST_F(OwnFolder, is_none_if_others_may_look_into_it) {
    for (mode_t const mode : {0750U, 0701U, 0777U}) {
        ASSERT_EQ(::chmod(folder_.path().c_str(), mode), 0);
        auto const folder = open();
        ASSERT_FALSE(folder);
        EXPECT_EQ(folder.error(), Errno::Perm);
    }
}

TEST_F(OwnFolder, is_none_if_it_is_a_file) {
    std::ofstream{path("file")} << "x";
    ::chmod(path("file").c_str(), 0600);
    EXPECT_FALSE(os::Folder::own(os::Fd{::open(path("file").c_str(), O_RDONLY)}));
}

TEST_F(OwnFolder, does_not_believe_a_file_that_others_may_read_or_write) {
    ASSERT_TRUE(write("name", "one"));
    for (mode_t const mode : {0620U, 0640U, 0602U}) {
        ASSERT_EQ(::chmod(path("name").c_str(), mode), 0);
        EXPECT_EQ(read("name"), "nothing");
    }
}

TEST_F(OwnFolder, follows_no_link_to_read_to_write_to_lock_or_to_enter) {
    os::TemporaryDirectory elsewhere;
    std::ofstream{elsewhere.path() + "/precious"} << "precious";
    ::chmod((elsewhere.path() + "/precious").c_str(), 0600);
    ASSERT_EQ(::symlink((elsewhere.path() + "/precious").c_str(), path("name").c_str()), 0);
    ASSERT_EQ(::symlink((elsewhere.path() + "/made").c_str(), path("lock").c_str()), 0);
    ASSERT_EQ(::symlink(elsewhere.path().c_str(), path("inner").c_str()), 0);
    EXPECT_EQ(read("name"), "nothing");
    EXPECT_FALSE(open()->lock("lock"));
    EXPECT_FALSE(open()->own_folder("inner"));
    EXPECT_FALSE(open()->own_file("inner/precious"));
    ASSERT_TRUE(write("name", "mine"));
    EXPECT_EQ(read("name"), "mine");
    std::string text;
    std::getline(std::ifstream{elsewhere.path() + "/precious"}, text);
    EXPECT_EQ(text, "precious");
    EXPECT_NE(::access((elsewhere.path() + "/made").c_str(), F_OK), 0);
}

TEST_F(OwnFolder, is_not_left_by_a_name) {
    auto const inner = open()->own_folder("inner");
    ASSERT_TRUE(inner);
    ASSERT_TRUE(write("name", "one"));
    EXPECT_FALSE(inner->own_file("../name"));
    EXPECT_FALSE(inner->own_file(path("name")));
    EXPECT_FALSE(inner->lock("../lock"));
    EXPECT_FALSE(inner->own_folder(".."));
}

TEST_F(OwnFolder, is_not_held_up_by_a_pipe_in_the_place_of_a_file) {
    ASSERT_EQ(::mkfifo(path("name").c_str(), 0600), 0);
    EXPECT_EQ(read("name"), "nothing");
    EXPECT_FALSE(open()->lock("name"));
}

TEST_F(OwnFolder, leaves_it_to_the_first_of_several_writers_however_long_that_takes) {
    os::Fd const first{::open(path("name.new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    ASSERT_EQ(::flock(first.number(), LOCK_EX), 0);
    std::array<timespec, 2> const long_ago{timespec{1'000'000, 0}, timespec{1'000'000, 0}};
    ASSERT_EQ(::futimens(first.number(), long_ago.data()), 0);
    auto const written = write("name", "whole");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), Errno::Already);
    EXPECT_EQ(::access(path("name.new").c_str(), F_OK), 0);
}

TEST_F(OwnFolder, takes_over_at_once_from_a_writer_that_died) {
    std::ofstream{path("name.new")} << "half";
    ASSERT_TRUE(write("name", "whole"));
    EXPECT_EQ(read("name"), "whole");
}

TEST_F(OwnFolder, shows_one_writers_file_whole_whatever_others_do) {
    constexpr std::size_t size = 512;
    ASSERT_TRUE(write("name", std::string(size, 'x')));
    std::atomic<int> left = 4;
    std::atomic<int> written = 0;
    auto const writer = [&](char letter) { // byte by byte, which takes it a while
        std::vector<std::span<std::byte const>> const parts(
            size, std::as_bytes(std::span{&letter, 1})
        );
        for (int i = 0; i < 200; ++i) written += open()->write("name", parts) ? 1 : 0;
        --left;
    };
    std::vector<std::jthread> writers;
    for (char letter = 'a'; letter < 'e'; ++letter) writers.emplace_back(writer, letter);
    do {
        auto const text = read("name");
        ASSERT_EQ(text, std::string(size, text[0]));
    } while (left != 0);
    writers.clear();
    EXPECT_GT(written, 0);
    EXPECT_NE(::access(path("name.new").c_str(), F_OK), 0);
}

} // namespace
