// How a Keep's end becomes that of a process: tried in a child of its own for each.

#include "host/vmm/backend/kvm/end.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace host::vmm::kvm {
namespace {

// What waitpid tells of a process that ends so; it may have been stopped instead.
int outcome_of(KeepEnd const& end) {
    pid_t const child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        end_as(end);
    }
    int status = 0;
    ::waitpid(child, &status, WUNTRACED);
    if (!WIFSTOPPED(status)) return status;
    ::kill(child, SIGKILL);
    int ended = 0;
    ::waitpid(child, &ended, 0);
    return status;
}

TEST(End, whatever_signal_a_keep_names_the_process_ends_and_is_never_stopped) {
    for (int signal = 1; signal < 256; ++signal) {
        auto const status = outcome_of({.signal = static_cast<std::uint8_t>(signal)});
        EXPECT_TRUE(WIFEXITED(status) || WIFSIGNALED(status)) << "signal " << signal;
    }
}

TEST(End, by_a_signal_is_told_as_that_signal_or_as_its_number) {
    auto const killed = outcome_of({.signal = SIGSEGV});
    EXPECT_TRUE(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGSEGV);
    auto const stopped = outcome_of({.signal = SIGSTOP});
    EXPECT_TRUE(WIFEXITED(stopped) && WEXITSTATUS(stopped) == 128 + SIGSTOP);
    auto const plain = outcome_of({.status = 7});
    EXPECT_TRUE(WIFEXITED(plain) && WEXITSTATUS(plain) == 7);
}

} // namespace
} // namespace host::vmm::kvm
