#include "host/vmm/backend/kvm/end.hpp"

#include "os/check.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <limits>
#include <string_view>

#include <sys/time.h>
#include <unistd.h>

namespace host::vmm::kvm {

namespace {

// Only what a signal handler may do.
[[noreturn]] void leave(std::string_view text, protocol::ExitStatus status) {
    (void)!(::write(STDERR_FILENO, text.data(), text.size()) < 0);
    ::_exit(static_cast<int>(status));
}

void on_alarm(int /*signal*/) {
    leave(
        "enarx: error: the application did not end within its time (timed-out)\n"
        "  hint: Raise --timeout, or find out what it waits for.\n"
        "  see: enarx explain timed-out\n",
        protocol::ExitStatus::TimedOut
    );
}

// They end no process; four stop it instead, and a stopped process does not see its time run out.
constexpr std::array ending_nothing{
    SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH
};

[[noreturn]] void die_by(int signal) {
    if (std::ranges::find(ending_nothing, signal) != ending_nothing.end()) ::_exit(128 + signal);
    (void)std::signal(signal, SIG_DFL);
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, signal);
    ::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
    (void)std::raise(signal);
    ::_exit(128 + signal); // there is no such signal
}

} // namespace

base::Result<void> end_after(std::uint64_t milliseconds) {
    struct sigaction action{};
    action.sa_handler = on_alarm;
    TRY(os::done(::sigaction(SIGALRM, &action, nullptr)));
    constexpr std::uint64_t most_seconds = std::numeric_limits<std::int32_t>::max();
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(std::min(milliseconds / 1000, most_seconds));
    timer.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1000 * 1000);
    return os::done(::setitimer(ITIMER_REAL, &timer, nullptr));
}

void end_as(KeepEnd end) {
    if (end.out_of_memory)
        leave(
            "enarx: error: the Keep has no memory left (out-of-memory)\n"
            "  hint: Free memory on the host, or give the application less with --max-memory.\n"
            "  see: enarx explain out-of-memory\n",
            protocol::ExitStatus::OutOfMemory
        );
    if (end.signal != 0) die_by(end.signal);
    ::_exit(end.status);
}

} // namespace host::vmm::kvm
