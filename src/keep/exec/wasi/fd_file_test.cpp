#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct FileState : Application {
    Errno allocate(Fd fd, std::uint64_t offset, std::uint64_t length) {
        return call(&fd_allocate, fd, offset, length);
    }
    Errno set_times(Fd fd, std::uint64_t accessed, std::uint64_t modified, std::uint32_t flags) {
        return call(&fd_filestat_set_times, fd, accessed, modified, flags);
    }
};

TEST_F(FileState, AllocatingGrowsAndNeverShrinks) {
    auto const fd = create("file");
    ASSERT_EQ(allocate(fd, 0, 100), Errno::Success);
    EXPECT_EQ(file_stat(fd).size, 100U);
    ASSERT_EQ(allocate(fd, 10, 10), Errno::Success);
    EXPECT_EQ(file_stat(fd).size, 100U);
    ASSERT_EQ(allocate(fd, 90, 20), Errno::Success);
    EXPECT_EQ(file_stat(fd).size, 110U);
    EXPECT_EQ(allocate(fd, 0, 0), Errno::Inval);
    EXPECT_EQ(allocate(fd, 1ULL << 63, 1), Errno::Inval);
    EXPECT_EQ(allocate(fd, INT64_MAX, 2), Errno::FBig);
    EXPECT_EQ(allocate(root, 0, 1), Errno::BadF);
}

TEST_F(FileState, SizesGoUpAndDown) {
    auto const fd = create("file", "0123456789");
    ASSERT_EQ(call(&fd_filestat_set_size, fd, std::uint64_t{4}), Errno::Success);
    EXPECT_EQ(read(fd, 20), "0123");
    ASSERT_EQ(call(&fd_filestat_set_size, fd, std::uint64_t{100}), Errno::Success);
    EXPECT_EQ(file_stat(fd).size, 100U);
    EXPECT_EQ(call(&fd_filestat_set_size, fd, 1ULL << 63), Errno::Inval);
    EXPECT_EQ(call(&fd_filestat_set_size, root, std::uint64_t{0}), Errno::Inval);
}

TEST_F(FileState, SizesOfWhatIsOpenForReadingDoNotChange) {
    create("file", "x");
    auto const fd = open("file", {.rights = right::fd_read});
    ASSERT_TRUE(fd);
    EXPECT_EQ(call(&fd_filestat_set_size, *fd, std::uint64_t{0}), Errno::Inval);
    EXPECT_EQ(allocate(*fd, 0, 5), Errno::BadF);
}

TEST_F(FileState, OneTimeIsSetAndTheOtherStays) {
    auto const fd = create("file", "x");
    auto const before = file_stat(fd);
    ASSERT_EQ(set_times(fd, 1, 77, times_flag::modified), Errno::Success);
    EXPECT_EQ(file_stat(fd).modified_ns, 77U);
    EXPECT_EQ(file_stat(fd).accessed_ns, before.accessed_ns);
}

TEST_F(FileState, NowIsATimeToo) {
    auto const fd = create("file");
    ASSERT_EQ(set_times(fd, 0, 0, times_flag::accessed_now), Errno::Success);
    EXPECT_GT(file_stat(fd).accessed_ns, 1'600'000'000'000'000'000U);
}

TEST_F(FileState, ATimeCannotBeGivenAndBeNow) {
    auto const fd = create("file");
    EXPECT_EQ(set_times(fd, 1, 1, times_flag::modified | times_flag::modified_now), Errno::Inval);
    EXPECT_EQ(set_times(fd, 1, 1, times_flag::accessed | times_flag::accessed_now), Errno::Inval);
    EXPECT_EQ(set_times(fd, 1, 1, 0x10), Errno::Inval);
}

TEST_F(FileState, DirectoriesHaveTimes) {
    ASSERT_EQ(set_times(root, 5, 6, times_flag::accessed | times_flag::modified), Errno::Success);
    EXPECT_EQ(file_stat(root).modified_ns, 6U);
}

TEST_F(FileState, AdviceIsTakenAndChangesNothing) {
    auto const fd = create("file", "0123456789");
    EXPECT_EQ(call(&fd_advise, fd, std::uint64_t{2}, std::uint64_t{50}, 5U), Errno::Success);
    EXPECT_EQ(call(&fd_advise, fd, std::uint64_t{2}, std::uint64_t{50}, 6U), Errno::Inval);
    EXPECT_EQ(call(&fd_advise, fd, 1ULL << 63, std::uint64_t{1}, 0U), Errno::Inval);
    EXPECT_EQ(file_stat(fd).size, 10U);
}

TEST_F(FileState, FilesAndDirectoriesCanBeSynced) {
    auto const fd = create("file");
    EXPECT_EQ(call(&fd_sync, fd), Errno::Success);
    EXPECT_EQ(call(&fd_datasync, fd), Errno::Success);
    EXPECT_EQ(call(&fd_sync, root), Errno::Success);
    auto const null = context.add_null({});
    EXPECT_EQ(call(&fd_sync, *null), Errno::Inval);
}

TEST_F(FileState, TwoFilesAreToldApartByTheirInodes) {
    auto const first = file_stat(create("first"));
    auto const second = file_stat(create("second"));
    EXPECT_EQ(first.device, second.device);
    EXPECT_NE(first.inode, second.inode);
    EXPECT_EQ(first.links, 1U);
    EXPECT_EQ(first.type, FileType::RegularFile);
}

} // namespace
} // namespace exec::wasi
