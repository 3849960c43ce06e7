// No call changes what a handle may only read, with whatever arguments: every row of the table of
// calls is tried with read-only handles of a folder and of a file in it.

#include "host/vmm/server/keep_for_tests.hpp"
#include "host/vmm/server/rights.hpp"
#include "os/temporary_directory.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace host::vmm {
namespace {

using base::Errno;
using protocol::hostcall::Argument;
using protocol::hostcall::Call;
using protocol::hostcall::Shape;

struct Seen {
    unsigned mode;
    std::uint64_t inode;
    std::uint64_t links;
    std::int64_t size;
    std::int64_t modified_ns;
    std::int64_t changed_ns;
    std::string content;
    bool operator==(Seen const&) const = default;
};

std::int64_t ns_of(timespec const& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

std::map<std::string, Seen> look_at(std::string const& folder) {
    std::map<std::string, Seen> all;
    std::vector<std::string> paths{folder};
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder})
        paths.push_back(entry.path());
    for (auto const& path : paths) {
        struct stat status{};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0);
        std::string content;
        if (S_ISREG(status.st_mode)) std::getline(std::ifstream{path}, content, '\0');
        all[path] = {
            status.st_mode,
            status.st_ino,
            status.st_nlink,
            status.st_size,
            ns_of(status.st_mtim),
            ns_of(status.st_ctim),
            content
        };
    }
    return all;
}

struct ReadOnlyHandles : testing::Test {
    os::TemporaryDirectory scratch;
    std::string fixed = scratch.path() + "/fixed";
    KeepForTests keep;
    std::uint32_t folder = 0; // may only be read
    std::uint32_t file = 0;   // opened below it
    std::uint32_t other = 0;  // may be written

    ReadOnlyHandles() {
        std::filesystem::create_directories(fixed + "/folder");
        std::filesystem::create_directories(scratch.path() + "/other");
        std::ofstream{fixed + "/file"} << "content";
        std::filesystem::create_symlink("file", fixed + "/link");
        folder = add("/fixed", Rights::ReadOnly);
        other = add("/other", Rights::ReadWrite);
        file = static_cast<std::uint32_t>(open(folder, "file", O_RDONLY).value());
    }
    std::uint32_t add(std::string const& name, Rights rights) {
        os::Fd opened{::open((scratch.path() + name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        return keep.server.handles().add(std::move(opened), rights).value();
    }
    base::Result<std::uint64_t> open(std::uint32_t at, std::string_view path, int flags) {
        auto const name = keep.put(path);
        bool const makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
        std::uint64_t const mode = makes ? 0600 : 0;
        return keep.call(Call::OpenAt, {at, name, static_cast<std::uint64_t>(flags), mode});
    }
};

constexpr std::array<std::string_view, 6> paths{"file", "link", "folder", "new", ".", ""};
constexpr std::array<std::uint64_t, 8> values{
    0,
    1,
    O_RDWR | O_CREAT,
    O_WRONLY | O_TRUNC,
    O_RDONLY | O_TRUNC,
    O_RDWR | O_TMPFILE,
    AT_REMOVEDIR,
    AT_EMPTY_PATH
};

// All ways to fill in a call's arguments, as numbers in a mixed base.
class Ways {
public:
    explicit Ways(Shape const& shape) : shape_{shape} {
        for (auto const argument : shape.arguments) count_ *= choices(argument);
    }
    std::size_t count() const { return count_; }

    std::vector<std::uint64_t> words(std::size_t way, ReadOnlyHandles& test) const {
        std::vector<std::uint64_t> words;
        for (auto const argument : shape_.arguments) {
            auto const choice = way % choices(argument);
            way /= choices(argument);
            words.push_back(word(argument, choice, test));
        }
        return words;
    }

private:
    static std::size_t choices(Argument argument) {
        switch (argument) {
        case Argument::Handle:
            return 3;
        case Argument::Path:
            return paths.size();
        case Argument::Value:
            return values.size();
        default:
            return 1;
        }
    }
    static std::uint64_t word(Argument argument, std::size_t choice, ReadOnlyHandles& test) {
        constexpr std::array<timespec, 2> long_ago{timespec{1, 0}, timespec{1, 0}};
        switch (argument) {
        case Argument::Handle:
            return std::array{test.folder, test.file, test.other}.at(choice);
        case Argument::Path:
            return test.keep.put(paths.at(choice));
        case Argument::Target:
            return test.keep.put(std::string_view{"file"});
        case Argument::Value:
            return values.at(choice);
        case Argument::None:
            return 0;
        default:
            return test.keep.put_value(long_ago);
        }
    }

    Shape shape_;
    std::size_t count_ = 1;
};

TEST_F(ReadOnlyHandles, bear_every_call_with_whatever_arguments) {
    auto const before = look_at(fixed);
    for (auto const& shape : protocol::hostcall::shapes) {
        // These wait, or close the handles of the test.
        if (shape.call == Call::Close || shape.call == Call::EpollWait) continue;
        if (std::ranges::find(shape.arguments, Argument::Handle) == shape.arguments.end()) continue;
        Ways const ways{shape};
        for (std::size_t way = 0; way < ways.count(); ++way) {
            auto const answer = keep.call(shape.call, ways.words(way, *this));
            if (answer && shape.answer == protocol::hostcall::Answer::Handle)
                (void)keep.call(Call::Close, {*answer});
        }
        ASSERT_EQ(look_at(fixed), before) << "call " << static_cast<unsigned>(shape.call);
    }
}

TEST_F(ReadOnlyHandles, refuse_a_change_as_a_read_only_mount_does) {
    for (int const flags : {O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC, O_RDWR | O_TMPFILE})
        EXPECT_EQ(open(folder, "file", flags).error(), Errno::RoFs) << flags;
    EXPECT_EQ(open(folder, "new", O_RDONLY | O_CREAT).error(), Errno::RoFs);
    auto const name = keep.put("new");
    EXPECT_EQ(keep.call(Call::MkdirAt, {folder, name, 0700}).error(), Errno::RoFs);
    auto const from = keep.put("file");
    auto const to = keep.put("new");
    EXPECT_EQ(keep.call(Call::LinkAt, {folder, from, other, to, 0}).error(), Errno::XDev);
    EXPECT_EQ(keep.call(Call::Ftruncate, {file, 0}).error(), Errno::Inval);
}

TEST_F(ReadOnlyHandles, pass_their_rights_to_what_is_opened_below_them) {
    auto const inner = static_cast<std::uint32_t>(open(folder, "folder", O_PATH).value());
    auto const deeper = static_cast<std::uint32_t>(open(inner, ".", O_RDONLY).value());
    auto const name = keep.put("new");
    EXPECT_EQ(keep.call(Call::MkdirAt, {deeper, name, 0700}).error(), Errno::RoFs);
}

TEST_F(ReadOnlyHandles, are_read_as_any_other) {
    std::array<std::byte, 7> room{};
    auto const buffer = keep.put(room);
    EXPECT_EQ(keep.call(Call::Read, {file, buffer}).value(), 7U);
    EXPECT_TRUE(open(folder, "folder", O_RDONLY | O_DIRECTORY));
    auto const name = keep.put("new");
    EXPECT_TRUE(keep.call(Call::MkdirAt, {other, name, 0700})) << "the other one may be written";
}

} // namespace
} // namespace host::vmm
