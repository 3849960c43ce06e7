#include "os/standard_streams.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool open_now(int number) { return ::fcntl(number, F_GETFD) >= 0; }

// In a process of its own: the test's own files are inherited ones there.
TEST(StandardStreams, are_all_that_is_left_of_what_a_program_inherits) {
    auto const child = ::fork();
    if (child == 0) {
        constexpr int high = 700;
        int const inherited = ::dup(STDIN_FILENO);
        int const own = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        bool const ready = inherited > 2 && own > 2 && ::dup2(STDIN_FILENO, high) == high;
        os::close_inherited();
        bool const good = !open_now(inherited) && !open_now(high) && open_now(own) &&
                          open_now(STDIN_FILENO) && open_now(STDERR_FILENO);
        ::_exit(ready && good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
