#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/test/files.hpp"
#include "os/temporary_directory.hpp"

#include <array>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

namespace exec::vfs {
namespace {

using namespace test;
using ::testing::UnorderedElementsAre;

class Host : public ::testing::Test {
protected:
    Host() {
        EXPECT_EQ(::mkdir((temporary.path() + "/root").c_str(), 0700), 0);
        auto const opened =
            os::Fd{::openat(temporary.fd().number(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC)};
        root = *make_host(opened, Access::ReadWrite);
        read_only = *make_host(opened, Access::ReadOnly);
    }

    std::string path(std::string_view name) const {
        return temporary.path() + "/root/" + std::string{name};
    }

    os::TemporaryDirectory temporary;
    std::unique_ptr<Directory> root;
    std::unique_ptr<Directory> read_only;
};

TEST_F(Host, does_not_follow_links_out_of_the_mount) {
    ASSERT_TRUE(put(*make_host(temporary.fd(), Access::ReadWrite).value(), "secret", "x"));
    ASSERT_EQ(::symlink("/etc", path("absolute").c_str()), 0);
    ASSERT_EQ(::symlink("../secret", path("relative").c_str()), 0);
    for (auto const* way : {"absolute", "absolute/passwd", "relative"}) {
        EXPECT_EQ(error_of(root->open(way, {})), Errno::Perm) << way;
        EXPECT_EQ(error_of(root->open(way, {.write = true, .create = true})), Errno::Perm) << way;
        EXPECT_EQ(error_of(root->stat(way, Follow::Yes)), Errno::Perm) << way;
        EXPECT_EQ(error_of(root->set_times(way, {}, Follow::Yes)), Errno::Perm) << way;
        EXPECT_EQ(error_of(root->link(way, Follow::Yes, *root, "x")), Errno::Perm) << way;
    }
    EXPECT_EQ(error_of(root->create_directory("absolute/x")), Errno::Perm);
    EXPECT_EQ(error_of(root->unlink("absolute/passwd")), Errno::Perm);
    EXPECT_EQ(error_of(root->rename("absolute/passwd", *root, "x")), Errno::Perm);
    EXPECT_EQ(error_of(root->read_link("absolute/mtab")), Errno::Perm);
}

TEST_F(Host, stays_confined_while_somebody_swaps_directories_for_links) {
    ASSERT_TRUE(root->create_directory("a"));
    ASSERT_TRUE(put(*root, "a/file", "inside"));
    ASSERT_EQ(::mkdirat(temporary.fd().number(), "outside", 0700), 0);
    auto const all = *make_host(temporary.fd(), Access::ReadWrite);
    ASSERT_TRUE(put(*all, "outside/file", "outside"));
    ASSERT_EQ(::symlink("../outside", path("b").c_str()), 0);

    std::atomic<bool> stop = false;
    std::thread swapper{[&] {
        while (!stop)
            ::renameat2(AT_FDCWD, path("a").c_str(), AT_FDCWD, path("b").c_str(), RENAME_EXCHANGE);
    }};
    for (int i = 0; i < 20'000; ++i) {
        auto const text = get(*root, "a/../a/file");
        if (text) EXPECT_EQ(text, "inside");
        (void)root->unlink("a/new");
        (void)put(*root, "a/new", "x");
        (void)root->rename("a/new", *root, "a/newer");
    }
    stop = true;
    swapper.join();
    EXPECT_THAT(*names(**open_directory(*all, "outside")), UnorderedElementsAre("file"));
}

TEST_F(Host, does_not_wait_for_a_pipe_nor_open_what_is_no_file) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    os::Fd const socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ::sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.number(), reinterpret_cast<::sockaddr*>(&address), sizeof address), 0);
    for (auto const* name : {"pipe", "socket"}) {
        EXPECT_EQ(error_of(root->open(name, {})), Errno::NotSup) << name;
        EXPECT_EQ(error_of(root->open(name, {.read = false, .write = true})), Errno::NotSup);
        EXPECT_EQ(error_of(root->open(name, {.write = true, .create = true})), Errno::NotSup);
    }
    EXPECT_EQ(root->stat("socket", Follow::No)->type, FileType::SocketStream);
}

// Whoever waits at the other end of a pipe would go on, and what opening a device does stays done.
TEST_F(Host, does_not_open_what_is_no_file_to_see_that_it_is_none) {
    ASSERT_TRUE(root->create_directory("folder"));
    ASSERT_EQ(::mkfifo(path("folder/pipe").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    ASSERT_EQ(::symlink("pipe", path("link").c_str()), 0);
    auto const read_only = *make_host(temporary.fd(), Access::ReadOnly);
    os::Fd const events{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    for (auto const* pipe : {"pipe", "folder/pipe"})
        ASSERT_GE(::inotify_add_watch(events.number(), path(pipe).c_str(), IN_OPEN), 0);
    auto const opened = [&] {
        std::array<char, 4096> room{};
        return ::read(events.number(), room.data(), room.size()) > 0;
    };
    for (auto const* name : {"pipe", "folder/pipe", "link", "folder/../pipe"})
        for (auto const how :
             {OpenHow{}, OpenHow{.write = true}, OpenHow{.write = true, .create = true}}) {
            EXPECT_EQ(error_of(root->open(name, how)), Errno::NotSup) << name;
            EXPECT_FALSE(read_only->open(name, how));
            EXPECT_FALSE(opened()) << name;
        }
    OpenHow const exclusive{.write = true, .create = true, .exclusive = true};
    EXPECT_EQ(error_of(root->open("pipe", exclusive)), Errno::Exist);
    EXPECT_EQ(error_of(root->open("pipe", {.directory = true})), Errno::NotDir);
    EXPECT_EQ(error_of(root->open("link", {.follow = Follow::No})), Errno::Loop);
    EXPECT_FALSE(opened());
    os::Fd const own{::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    EXPECT_TRUE(opened()) << "it would have been seen";
}

TEST_F(Host, shows_names_that_are_not_utf8_and_takes_them_as_it_showed_them) {
    ASSERT_TRUE(put(*root, "good", ""));
    ASSERT_EQ(::mkdir(path("bad\xff").c_str(), 0700), 0);
    std::string const shown = "bad\xef\x9f\xbf";
    EXPECT_THAT(*names(*root), UnorderedElementsAre("good", shown));
    EXPECT_EQ(error_of(root->stat("bad\xff", Follow::No)), Errno::IlSeq);
    EXPECT_EQ(root->stat(shown, Follow::No)->type, FileType::Directory);
    EXPECT_TRUE(put(*root, shown + "/file", "x"));
    EXPECT_EQ(::access(path("bad\xff/file").c_str(), F_OK), 0);
    ASSERT_EQ(::symlink("bad\xff/file", path("link").c_str()), 0);
    EXPECT_EQ(root->read_link("link"), shown + "/file");
    EXPECT_EQ(get(*root, "link"), "x");
    EXPECT_TRUE(root->link("link", Follow::Yes, *root, "linked"));
    EXPECT_TRUE(root->symlink(shown, "other"));
    EXPECT_EQ(get(*root, "other/file"), "x");
    EXPECT_TRUE(root->rename(shown, *root, shown + shown));
    EXPECT_TRUE(root->unlink(shown + shown + "/file"));
    EXPECT_TRUE(root->remove_directory(shown + shown));
    EXPECT_THAT(*names(*root), UnorderedElementsAre("good", "link", "linked", "other"));
}

TEST_F(Host, links_to_what_a_link_leads_to_only_as_the_link_says) {
    ASSERT_TRUE(put(*root, "file", "x"));
    ASSERT_TRUE(root->symlink("file/", "link"));
    EXPECT_EQ(error_of(root->link("link", Follow::Yes, *root, "new")), Errno::NotDir);
}

TEST_F(Host, lends_devices_without_a_state_and_no_others) {
    auto const made = [&](unsigned major, unsigned minor) {
        ::unlink(path("device").c_str());
        auto const device = ::makedev(major, minor);
        return ::mknod(path("device").c_str(), S_IFCHR | 0666, device) == 0;
    };
    if (!made(1, 5)) GTEST_SKIP() << "only the administrator can make one";
    auto const zero = open_file(*root, "device");
    ASSERT_TRUE(zero);
    std::array<std::byte, 4> bytes{std::byte{1}};
    std::array<std::span<std::byte>, 1> const buffers{std::span{bytes}};
    EXPECT_EQ((*zero)->read_at(buffers, 0), 4U);
    EXPECT_EQ(bytes[0], std::byte{0});
    EXPECT_EQ((*zero)->stat()->type, FileType::CharacterDevice);
    ASSERT_TRUE(made(1, 3));
    EXPECT_TRUE(put(*root, "device", "into nothing"));
    EXPECT_EQ(get(*root, "device"), "");
    ASSERT_TRUE(made(1, 11)); // the kernel's log
    EXPECT_EQ(error_of(root->open("device", {})), Errno::NotSup);
}

TEST_F(Host, read_only_refuses_every_change) {
    ASSERT_TRUE(put(*root, "file", "x"));
    ASSERT_TRUE(root->create_directory("dir"));
    auto& mount = *read_only;
    EXPECT_EQ(get(mount, "file"), "x");
    EXPECT_EQ(error_of(mount.open("file", {.write = true})), Errno::RoFs);
    EXPECT_EQ(error_of(mount.open("file", {.truncate = true})), Errno::RoFs);
    EXPECT_EQ(error_of(mount.open("new", {.create = true})), Errno::RoFs);
    EXPECT_EQ(error_of(mount.open("dir", {.write = true})), Errno::IsDir);
    EXPECT_EQ(error_of(mount.open("file", {.create = true, .exclusive = true})), Errno::Exist);
    EXPECT_TRUE(mount.open("file", {.create = true}));
    EXPECT_EQ(error_of(mount.create_directory("new")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.remove_directory("dir")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.unlink("file")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.rename("file", mount, "x")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.link("file", Follow::No, mount, "x")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.symlink("file", "x")), Errno::RoFs);
    EXPECT_EQ(error_of(mount.set_times("file", {.modified_ns = 1}, Follow::No)), Errno::RoFs);
    EXPECT_EQ(error_of((*open_file(mount, "file"))->set_times({.modified_ns = 1})), Errno::RoFs);
    auto const sub = *open_directory(mount, "dir");
    EXPECT_EQ(error_of(sub->open("new", {.create = true})), Errno::RoFs);
    EXPECT_EQ(error_of(sub->set_times({.modified_ns = 1})), Errno::RoFs);
}

TEST_F(Host, moves_nothing_between_two_mounts_of_one_directory) {
    ASSERT_TRUE(put(*root, "file", "x"));
    EXPECT_EQ(error_of(root->rename("file", *read_only, "x")), Errno::XDev);
    EXPECT_EQ(error_of(root->link("file", Follow::No, *read_only, "x")), Errno::XDev);
}

TEST_F(Host, mounts_only_directories) {
    ASSERT_TRUE(put(*root, "file", "x"));
    os::Fd const file{::open(path("file").c_str(), O_RDONLY | O_CLOEXEC)};
    EXPECT_EQ(error_of(make_host(file, Access::ReadOnly)), Errno::NotDir);
    EXPECT_EQ(error_of(make_host(os::Fd{}, Access::ReadOnly)), Errno::BadF);
}

TEST_F(Host, reads_into_more_buffers_than_one_system_call_takes) {
    ASSERT_TRUE(put(*root, "file", std::string(3000, 'x')));
    auto const file = *open_file(*root, "file");
    std::string text(3000, '?');
    std::vector<std::span<std::byte>> buffers;
    for (auto& letter : text) {
        buffers.emplace_back();
        buffers.push_back(std::as_writable_bytes(std::span{&letter, 1}));
    }
    auto const count = file->read_at(buffers, 0);
    ASSERT_TRUE(count);
    EXPECT_GE(*count, 1000);
    EXPECT_EQ(text.substr(0, *count), std::string(*count, 'x'));
    EXPECT_EQ(text.substr(*count), std::string(3000 - *count, '?'));
}

} // namespace
} // namespace exec::vfs
