#include "os/clock.hpp"

#include "os/check.hpp"

#include <ctime>
#include <utility>

namespace os {

namespace {

clockid_t id_of(Clock clock) {
    switch (clock) {
    case Clock::Realtime:
        return CLOCK_REALTIME;
    case Clock::Monotonic:
        return CLOCK_MONOTONIC;
    case Clock::ProcessCpu:
        return CLOCK_PROCESS_CPUTIME_ID;
    case Clock::ThreadCpu:
        return CLOCK_THREAD_CPUTIME_ID;
    }
    std::unreachable();
}

// The host sets the clock: a time before 1970 or after 2554 does not fit and is an error.
base::Result<std::uint64_t> nanoseconds(timespec time) {
    constexpr std::uint64_t second = 1'000'000'000;
    std::uint64_t total = 0;
    if (time.tv_sec < 0 ||
        __builtin_mul_overflow(static_cast<std::uint64_t>(time.tv_sec), second, &total) ||
        __builtin_add_overflow(total, static_cast<std::uint64_t>(time.tv_nsec), &total))
        return std::unexpected(base::Errno::Overflow);
    return total;
}

} // namespace

base::Result<std::uint64_t> now_ns(Clock clock) {
    timespec time{};
    TRY(done(::clock_gettime(id_of(clock), &time)));
    return nanoseconds(time);
}

base::Result<std::uint64_t> resolution_ns(Clock clock) {
    timespec time{};
    TRY(done(::clock_getres(id_of(clock), &time)));
    return nanoseconds(time);
}

} // namespace os
