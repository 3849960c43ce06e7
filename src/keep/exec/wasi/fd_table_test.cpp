#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct Numbers : Application {};

TEST_F(Numbers, APreopenedDirectoryTellsItsName) {
    ASSERT_TRUE(context.add_directory(make_directory(), "data/dir", true));
    auto const out = room_for<Prestat>();
    ASSERT_EQ(call(&fd_prestat_get, Fd{4}, out), Errno::Success);
    EXPECT_EQ(at(out).tag, 0U);
    ASSERT_EQ(at(out).name_length, 8U);
    auto const name = room_for<std::byte>(9);
    EXPECT_EQ(call(&fd_prestat_dir_name, Fd{4}, name, 7U), Errno::NameTooLong);
    EXPECT_EQ(call(&fd_prestat_dir_name, Fd{4}, name, 9U), Errno::Success);
    EXPECT_EQ(text_at(name.at, 8), "data/dir");
}

TEST_F(Numbers, TheSearchForPreopenedDirectoriesEndsAtTheFirstThatIsNone) {
    auto const file = create("file");
    auto const opened = open(".", {.how = open_flag::directory, .rights = 0});
    ASSERT_TRUE(opened);
    auto const out = room_for<Prestat>();
    EXPECT_EQ(call(&fd_prestat_get, file, out), Errno::BadF);
    EXPECT_EQ(call(&fd_prestat_get, *opened, out), Errno::BadF);
    EXPECT_EQ(call(&fd_prestat_get, Fd{99}, out), Errno::BadF);
}

TEST_F(Numbers, RenumberingClosesTheTargetAndFreesTheSource) {
    auto const first = create("first", "1");
    auto const second = create("second", "2");
    ASSERT_EQ(call(&fd_renumber, first, second), Errno::Success);
    EXPECT_EQ(call(&fd_close, first), Errno::BadF);
    EXPECT_EQ(read(second, 1), "1");
    EXPECT_EQ(call(&fd_renumber, second, first), Errno::BadF);
}

TEST_F(Numbers, APreopenedDirectoryCanBeReplacedAndClosed) {
    auto const opened = open(".", {.how = open_flag::directory, .rights = 0});
    ASSERT_TRUE(opened);
    ASSERT_EQ(call(&fd_renumber, *opened, root), Errno::Success);
    EXPECT_EQ(fd_stat(root).type, FileType::Directory);
    EXPECT_EQ(call(&fd_prestat_get, root, room_for<Prestat>()), Errno::BadF);
    EXPECT_EQ(call(&fd_close, root), Errno::Success);
    EXPECT_EQ(call(&fd_close, root), Errno::BadF);
}

TEST_F(Numbers, AFileLivesOnWithoutItsDirectory) {
    auto const fd = create("file", "alive");
    ASSERT_EQ(call(&fd_close, root), Errno::Success);
    EXPECT_EQ(read(fd, 8), "alive");
}

TEST_F(Numbers, AThousandOpenFilesAreTheLimit) {
    create("file");
    std::size_t opened = 2;
    for (;;) {
        top = 1024; // the same room each time
        auto const fd = open("file", {});
        if (!fd) {
            EXPECT_EQ(fd.error(), Errno::NFile);
            break;
        }
        ++opened;
    }
    EXPECT_EQ(opened, 1024U);
}

} // namespace
} // namespace exec::wasi
