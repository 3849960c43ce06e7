// A timer whose signal writes why and leaves.

#include "keep/exec/workload/timeout.hpp"

#include "protocol/failure/failure.hpp"

#include <csignal>
#include <limits>
#include <string_view>

#include <sys/time.h>
#include <unistd.h>

namespace exec {

namespace {

// Only what a signal handler may do.
void on_alarm(int /*signal*/) {
    constexpr std::string_view text =
        "enarx: error: the application did not end within its time (timed-out)\n"
        "  hint: Raise --timeout, or find out what it waits for.\n"
        "  see: enarx explain timed-out\n";
    (void)!(::write(STDERR_FILENO, text.data(), text.size()) < 0);
    ::_exit(static_cast<int>(protocol::ExitStatus::TimedOut));
}

} // namespace

bool end_after(std::uint64_t milliseconds) {
    struct sigaction action{};
    action.sa_handler = on_alarm;
    action.sa_flags = SA_ONSTACK; // the application may be at the end of its stack
    if (::sigaction(SIGALRM, &action, nullptr) != 0) return false;
    // A time of zero would switch the timer off.
    if (milliseconds == 0) return std::raise(SIGALRM) == 0;
    constexpr std::uint64_t most_seconds = std::numeric_limits<std::int32_t>::max();
    auto const seconds = milliseconds / 1000 < most_seconds ? milliseconds / 1000 : most_seconds;
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(seconds);
    timer.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1000 * 1000);
    return ::setitimer(ITIMER_REAL, &timer, nullptr) == 0;
}

} // namespace exec
