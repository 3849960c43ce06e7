#include "keep/exec/wasi/test_application.hpp"
#include "os/fd.hpp"

#include <fcntl.h>
#include <sys/mman.h>

namespace exec::wasi {
namespace {

struct Position : Application {
    Errno seek(Fd fd, std::int64_t delta, Whence whence) {
        auto const number = static_cast<std::uint32_t>(whence);
        return call(&fd_seek, fd, static_cast<std::uint64_t>(delta), number, out);
    }
    Errno tell(Fd fd) { return call(&fd_tell, fd, out); }
    Pointer<std::uint64_t> out = room_for<std::uint64_t>();
};

TEST_F(Position, SeeksFromTheStartFromHereAndFromTheEnd) {
    auto const fd = create("file", "0123456789");
    ASSERT_EQ(seek(fd, 4, Whence::Set), Errno::Success);
    EXPECT_EQ(at(out), 4U);
    ASSERT_EQ(seek(fd, -3, Whence::Current), Errno::Success);
    EXPECT_EQ(at(out), 1U);
    ASSERT_EQ(seek(fd, -2, Whence::End), Errno::Success);
    EXPECT_EQ(at(out), 8U);
    EXPECT_EQ(read(fd, 8), "89");
    ASSERT_EQ(tell(fd), Errno::Success);
    EXPECT_EQ(at(out), 10U);
}

TEST_F(Position, BeyondTheEndIsAllowedAndBeforeTheStartIsNot) {
    auto const fd = create("file", "0123456789");
    EXPECT_EQ(seek(fd, 1000, Whence::Set), Errno::Success);
    EXPECT_EQ(seek(fd, -2000, Whence::Current), Errno::Inval);
    ASSERT_EQ(tell(fd), Errno::Success);
    EXPECT_EQ(at(out), 1000U);
    EXPECT_EQ(seek(fd, INT64_MAX, Whence::Current), Errno::Overflow);
    EXPECT_EQ(seek(fd, INT64_MIN, Whence::Set), Errno::Inval);
    EXPECT_EQ(seek(fd, 0, static_cast<Whence>(3)), Errno::Inval);
}

TEST_F(Position, WithoutTheRightToSeekItCanStillBeTold) {
    auto const fd = create("file");
    ASSERT_EQ(call(&fd_fdstat_set_rights, fd, right::fd_tell, Rights{0}), Errno::Success);
    EXPECT_EQ(seek(fd, 0, Whence::Current), Errno::Success);
    EXPECT_EQ(tell(fd), Errno::Success);
    EXPECT_EQ(seek(fd, 0, Whence::Set), Errno::NotCapable);
}

TEST_F(Position, ADirectoryHasNone) {
    EXPECT_EQ(seek(root, 0, Whence::Current), Errno::IsDir);
    EXPECT_EQ(seek(root, 0, Whence::Set), Errno::IsDir);
    EXPECT_EQ(tell(root), Errno::IsDir);
}

TEST_F(Position, AFileThatIsStandardInputCanBeRewound) {
    os::Fd const file{::memfd_create("input", 0)};
    ASSERT_EQ(::pwrite(file.number(), "again", 5, 0), 5);
    ASSERT_TRUE(context.add_stdio(file.number(), 0));
    EXPECT_EQ(fd_stat(Fd{0}).type, FileType::RegularFile);
    EXPECT_EQ(read(Fd{0}, 64), "again");
    ASSERT_EQ(seek(Fd{0}, 0, Whence::Set), Errno::Success);
    EXPECT_EQ(read(Fd{0}, 64), "again");
}

} // namespace
} // namespace exec::wasi
