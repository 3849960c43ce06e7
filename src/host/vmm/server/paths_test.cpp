// Host calls on paths, as a Keep that has been taken over makes them: every call that names a path,
// from the table of calls, with every form of path that could lead out and all values of its other
// arguments. What lies outside stays as it is, and is not seen.

#include "host/vmm/server/outside.hpp"
#include "host/vmm/server/server.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <sys/inotify.h>
#include <sys/sysmacros.h>

namespace host::vmm {
namespace {

namespace hostcall = protocol::hostcall;
using hostcall::Argument;
using hostcall::Call;
using hostcall::Extent;
using hostcall::Shape;

// What a Keep may write into an argument that is a number: flags and modes of all these calls.
constexpr std::array<std::uint64_t, 10> values{
    0,
    AT_SYMLINK_NOFOLLOW,
    AT_SYMLINK_FOLLOW,
    AT_REMOVEDIR,
    AT_EMPTY_PATH,
    AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW,
    O_RDWR | O_CREAT,
    O_WRONLY | O_TRUNC,
    O_PATH | O_NOFOLLOW,
    07777,
};

struct HostPaths : testing::Test, test::Outside {
    alignas(4096) std::array<std::byte, hostcall::block_size> block{};
    Server server{{}};
    std::uint32_t folder = 0;
    std::uint64_t used = 0;

    HostPaths() {
        auto const given = [](std::string const& path) {
            return os::Fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        };
        server.handles().add(os::Fd{::dup(0)}, Rights::ReadWrite).value(); // no folder has handle 0
        folder = server.handles().add(given(inside), Rights::ReadWrite).value();
    }

    std::byte* data() { return block.data() + hostcall::data_offset; }
    std::uint64_t take(std::string_view bytes, std::uint64_t size) {
        std::memset(data() + used, 0, size);
        std::memcpy(data() + used, bytes.data(), bytes.size());
        auto const extent = Extent::create(used, size)->encode();
        used += (size + 7) & ~7ULL;
        return extent;
    }
    std::uint64_t text(std::string_view path) { return take(path, path.size()); }

    base::Result<std::uint64_t> call(Call call, std::array<std::uint64_t, 6> const& arguments) {
        auto& header = *reinterpret_cast<hostcall::Header*>(block.data());
        header.number = static_cast<std::uint64_t>(call);
        std::ranges::copy(arguments, std::begin(header.arguments));
        auto const request = TRY(Request::fetch(block, server.handles()));
        return server.serve(request);
    }

    // The row's arguments: `path` for the path numbered `which`, a good one for the other.
    std::array<std::uint64_t, 6>
    arguments(Shape const& shape, std::string const& path, unsigned which, std::size_t choice) {
        std::array<std::uint64_t, 6> out{};
        used = 0;
        unsigned paths = 0;
        for (unsigned i = 0; i < out.size(); ++i) switch (shape.arguments[i]) {
            case Argument::Handle:
                out[i] = folder;
                break;
            case Argument::Path:
                out[i] = text(paths++ == which ? path : "file");
                break;
            case Argument::Target:
                out[i] = text("file");
                break;
            case Argument::Value:
                out[i] = values[choice % values.size()];
                choice /= values.size();
                break;
            case Argument::In: // times: now
                out[i] = take({}, 0);
                break;
            case Argument::Out:
            case Argument::InOut:
                out[i] = take({}, shape.call == Call::FstatAt ? sizeof(struct stat) : 256);
                break;
            case Argument::None:
                break;
            }
        return out;
    }

    // Nothing in the block, and no descriptor, is of what lies outside.
    char const* told(Shape const& shape, std::uint64_t answer) {
        if (shape.answer == hostcall::Answer::Handle) {
            struct stat status{};
            auto const opened = server.handles().find(answer).value();
            EXPECT_EQ(::fstat(opened->number(), &status), 0);
            static_cast<void>(server.handles().close(answer));
            if (test::holds(inodes, std::uint64_t{status.st_ino})) return "opened";
        }
        for (std::size_t at = 0; at < used; at += 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, data() + at, sizeof eight);
            if (test::holds(inodes, eight)) return "told";
        }
        return nullptr;
    }

    void set_up() {
        for (auto const& entry : std::filesystem::directory_iterator{inside})
            std::filesystem::remove_all(entry.path());
        static_cast<void>(::mkdir((inside + "/folder").c_str(), 0700));
        std::ofstream{inside + "/file"} << "known";
        auto const link = [&](std::string const& to, std::string const& name) {
            static_cast<void>(::symlink(to.c_str(), (inside + '/' + name).c_str()));
        };
        link(outside, "way");
        link(outside + "/file", "way_to_file");
        link("../outside", "way_up");
        link(outside + "/new", "dangling");
        link("way", "way_to_way");
        link("/proc/self/root", "magic");
    }

    std::vector<std::string> ways_out() const {
        std::vector<std::string> out{
            "..",
            "../",
            "../outside",
            "folder/../../outside",
            outside,
            "/",
            "",
            ".",
            "folder/../..",
            std::string(300, 'n'),
            std::string(4095, '/'),
            "b\xff"
        };
        for (std::string const link :
             {"way", "way_to_file", "way_up", "dangling", "way_to_way", "magic"})
            for (std::string const end : {"", "/", "//", "/.", "/..", "/file", "/new", "/folder/"})
                out.push_back(link + end);
        return out;
    }
};

std::size_t choices(Shape const& shape) {
    std::size_t count = 1;
    for (auto const kind : shape.arguments)
        if (kind == Argument::Value) count *= values.size();
    return count;
}

TEST_F(HostPaths, NoCallLeavesTheFolderWhateverFormItsPathHas) {
    auto const before = test::picture(outside);
    unsigned calls = 0;
    for (auto const& shape : hostcall::shapes) {
        auto const paths = std::ranges::count(shape.arguments, Argument::Path);
        if (paths != 0) ++calls;
        for (unsigned which = 0; which < paths; ++which)
            for (auto const& path : ways_out()) {
                set_up();
                for (std::size_t choice = 0; choice < choices(shape); ++choice) {
                    auto const answer = call(shape.call, arguments(shape, path, which, choice));
                    if (answer)
                        EXPECT_EQ(told(shape, *answer), nullptr)
                            << static_cast<int>(shape.call) << ' ' << path << ' ' << choice;
                }
                ASSERT_EQ(test::picture(outside), before)
                    << "call " << static_cast<int>(shape.call) << ", path " << path;
            }
    }
    EXPECT_EQ(calls, 11U); // as many as are known to take a path
}

TEST_F(HostPaths, RightsOfNewFilesAreTheOwnersAndTheGroupsAndNoMore) {
    auto const old = ::umask(0);
    for (std::uint64_t const mode : {04777ULL, 02777ULL, 01777ULL, 07777ULL}) {
        used = 0;
        EXPECT_TRUE(call(Call::OpenAt, {folder, text("made"), O_CREAT | O_WRONLY, mode, 0}));
        used = 0;
        EXPECT_TRUE(call(Call::MkdirAt, {folder, text("made_folder"), mode}));
        for (std::string const name : {"/made", "/made_folder"}) {
            struct stat status{};
            EXPECT_EQ(::stat((inside + name).c_str(), &status), 0);
            EXPECT_EQ(status.st_mode & 07777U, 0777U) << name;
            std::filesystem::remove(inside + name);
        }
    }
    ::umask(old);
}

TEST_F(HostPaths, AModeWithoutANewFileMeansNothing) {
    used = 0;
    EXPECT_TRUE(call(Call::OpenAt, {folder, text("file"), O_RDONLY, 0644, 0}));
}

// What opening some devices does cannot be undone, and whoever waits at the other end of a pipe
// goes on.
TEST_F(HostPaths, WhatIsNotLentIsNotOpenedToSeeWhatItIs) {
    ASSERT_EQ(::mkfifo((inside + "/pipe").c_str(), 0600), 0);
    ASSERT_EQ(::symlink("pipe", (inside + "/to").c_str()), 0);
    std::vector<std::string> names{"pipe", "to", "./to"};
    auto const device = inside + "/device"; // the kernel's log, if we may make one
    if (::mknod(device.c_str(), S_IFCHR | 0666, ::makedev(1, 11)) == 0)
        names.emplace_back("device");
    os::Fd const events{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    for (auto const& name : names)
        ASSERT_GE(::inotify_add_watch(events.number(), (inside + '/' + name).c_str(), IN_OPEN), 0);
    auto const opened = [&] {
        std::array<char, 4096> room{};
        return ::read(events.number(), room.data(), room.size()) > 0;
    };
    for (auto const& name : names)
        for (std::uint64_t const flags : {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT}) {
            used = 0;
            auto const answer = call(Call::OpenAt, {folder, text(name), flags, 0, 0});
            ASSERT_FALSE(answer) << name;
            EXPECT_EQ(answer.error(), base::Errno::NotSup) << name << ' ' << flags;
            EXPECT_FALSE(opened()) << name << ' ' << flags;
        }
    auto const error = [&](char const* name, std::uint64_t flags) {
        used = 0;
        return call(Call::OpenAt, {folder, text(name), flags, 0, 0}).error();
    };
    EXPECT_EQ(error("to", O_RDONLY | O_NOFOLLOW), base::Errno::Loop) << "as any link";
    EXPECT_EQ(error("pipe", O_RDWR | O_CREAT | O_EXCL), base::Errno::Exist) << "as any file";
    EXPECT_EQ(error("pipe", O_RDONLY | O_DIRECTORY), base::Errno::NotDir);
    EXPECT_FALSE(opened());
    os::Fd const own{::open((inside + "/pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    EXPECT_TRUE(opened()) << "it would have been seen";
}

TEST_F(HostPaths, APipeIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo((inside + "/pipe").c_str(), 0600), 0);
    ::alarm(10);
    for (std::uint64_t const flags : {O_RDONLY, O_RDWR}) {
        used = 0;
        auto const opened = call(Call::OpenAt, {folder, text("pipe"), flags, 0, 0});
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error(), base::Errno::NotSup);
    }
    used = 0;
    EXPECT_FALSE(call(Call::OpenAt, {folder, text("pipe"), O_WRONLY, 0, 0}));
    ::alarm(0);
}

TEST_F(HostPaths, OnlyDevicesWithoutAStateAreLent) {
    auto const made = [&](unsigned major, unsigned minor) {
        auto const path = inside + "/device";
        ::unlink(path.c_str());
        return ::mknod(path.c_str(), S_IFCHR | 0666, ::makedev(major, minor)) == 0;
    };
    if (!made(1, 3)) {
        fmt::print("SKIP devices: only the administrator can make one\n");
        GTEST_SKIP();
    }
    auto const opens = [&] {
        used = 0;
        return call(Call::OpenAt, {folder, text("device"), O_RDWR, 0, 0});
    };
    for (unsigned const minor : {3U, 5U, 7U, 8U, 9U}) {
        ASSERT_TRUE(made(1, minor));
        EXPECT_TRUE(opens()) << minor;
    }
    for (auto const& [major, minor] : {std::pair{1U, 11U}, {5U, 0U}, {10U, 232U}, {10U, 200U}}) {
        ASSERT_TRUE(made(major, minor)); // the kernel's log, the terminal, KVM, tunnels
        EXPECT_FALSE(opens()) << major << ' ' << minor;
    }
}

TEST_F(HostPaths, AFileIsOpenAsTheProgramAskedForIt) {
    used = 0;
    auto const handle =
        call(Call::OpenAt, {folder, text("file"), O_WRONLY | O_APPEND, 0, 0}).value();
    auto const flags = call(Call::Fcntl, {handle, F_GETFL, 0}).value();
    EXPECT_EQ(flags & (O_NONBLOCK | O_APPEND), std::uint64_t{O_APPEND});
}

TEST_F(HostPaths, ALimitOfOpenat2ThatIsNotKeptIsRefused) {
    used = 0;
    auto const opened =
        call(Call::OpenAt, {folder, text("file"), O_RDONLY, 0, RESOLVE_NO_SYMLINKS});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), base::Errno::Inval);
}

} // namespace
} // namespace host::vmm
