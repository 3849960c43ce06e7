#include "os/beneath.hpp"
#include "os/temporary_directory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace os {
namespace {

using base::Errno;

TEST(OpenBeneath, opens_what_lies_below) {
    TemporaryDirectory const temporary;
    auto const made = open_beneath(temporary.fd(), "new", O_RDWR | O_CREAT, 0600);
    ASSERT_TRUE(made);
    EXPECT_TRUE(open_beneath(temporary.fd(), "./new", O_RDONLY));
}

TEST(OpenBeneath, names_a_way_out_as_another_device) {
    TemporaryDirectory const temporary;
    ASSERT_EQ(::symlink("/etc", (temporary.path() + "/out").c_str()), 0);
    for (auto const* path : {"..", "/", "out", "out/passwd", "./../x"}) {
        auto const opened = open_beneath(temporary.fd(), path, O_RDONLY);
        ASSERT_FALSE(opened) << path;
        EXPECT_EQ(opened.error(), Errno::XDev) << path;
    }
}

TEST(OpenBeneath, closes_on_exec) {
    TemporaryDirectory const temporary;
    auto const opened = open_beneath(temporary.fd(), ".", O_PATH);
    ASSERT_TRUE(opened);
    EXPECT_NE(::fcntl(opened->number(), F_GETFD) & FD_CLOEXEC, 0);
}

} // namespace
} // namespace os
