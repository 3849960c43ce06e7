// Time of the Keep's own clock, and waiting for it to pass.

#include "keep/shim/system_call/system_call.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim {

namespace {

constexpr std::int64_t most_seconds = 1LL << 33;

// Linux UAPI, linux/time.h: 0 and 5 are the real time, 2 and 3 CPU time, 1, 4, 6, 7 since the
// start.
base::Result<std::uint64_t> read_clock(Kernel& kernel, std::uint64_t clock) {
    constexpr std::uint64_t real = 1U << 0 | 1U << 5;
    constexpr std::uint64_t cpu = 1U << 2 | 1U << 3;
    auto const ticks = Machine::ticks();
    if (clock > 7) return std::unexpected(base::Errno::Inval);
    // A vCPU that the host does not run is not told so: CPU time is the time since the start.
    if (cpu >> clock & 1) return kernel.clock.elapsed_ns(ticks);
    return real >> clock & 1 ? kernel.clock.realtime(ticks) : kernel.clock.monotonic(ticks);
}

Reply sleep_until(SystemCall const& call, std::uint64_t deadline, std::uint64_t remaining_at) {
    auto& kernel = call.kernel;
    auto& thread = call.thread;
    for (;;) {
        auto const now = kernel.clock.monotonic(Machine::ticks());
        if (now >= deadline) return 0;
        if (thread.pending & ~thread.blocked) {
            if (remaining_at != 0) TRY(kernel.user.store(remaining_at, spec_of(deadline - now)));
            return std::unexpected(base::Errno::Intr);
        }
        park(kernel, deadline);
    }
}

} // namespace

TimeSpec spec_of(std::uint64_t ns) {
    return {static_cast<std::int64_t>(ns / second_ns), static_cast<std::int64_t>(ns % second_ns)};
}

base::Result<std::uint64_t> ns_of(TimeSpec spec) {
    if (spec.seconds < 0 || spec.nanoseconds < 0 ||
        spec.nanoseconds >= static_cast<std::int64_t>(second_ns))
        return std::unexpected(base::Errno::Inval);
    if (spec.seconds > most_seconds) return forever;
    return static_cast<std::uint64_t>(spec.seconds) * second_ns +
           static_cast<std::uint64_t>(spec.nanoseconds);
}

base::Result<std::uint64_t> load_ns(Kernel& kernel, std::uint64_t at) {
    return ns_of(TRY(kernel.user.load<TimeSpec>(at)));
}

std::uint64_t left_until(Kernel& kernel, std::uint64_t deadline) {
    auto const now = kernel.clock.monotonic(Machine::ticks());
    return deadline == forever ? forever : deadline > now ? deadline - now : 0;
}

base::Result<std::uint64_t> deadline_after(Kernel& kernel, std::uint64_t at) {
    if (at == 0) return forever;
    auto const ns = TRY(load_ns(kernel, at));
    return ns == forever ? forever : kernel.clock.monotonic(Machine::ticks()) + ns;
}

base::Result<std::uint64_t> deadline_at(Kernel& kernel, std::uint64_t at, std::uint64_t clock) {
    if (at == 0) return forever;
    auto const ns = TRY(load_ns(kernel, at));
    if (ns == forever || clock != realtime_clock) return ns;
    // Both are below 2^63, and so is what they differ by.
    auto const offset = static_cast<std::int64_t>(kernel.clock.realtime_ns) -
                        static_cast<std::int64_t>(kernel.clock.monotonic_ns);
    auto const moment = static_cast<std::int64_t>(ns) - offset;
    return moment > 0 ? static_cast<std::uint64_t>(moment) : 0;
}

Reply system_call::clock_gettime(SystemCall const& call) {
    auto const ns = TRY(read_clock(call.kernel, call[0]));
    return call.store(call[1], spec_of(ns));
}

Reply system_call::clock_getres(SystemCall const& call) {
    TRY(read_clock(call.kernel, call[0]));
    return call.wanted(call[1], TimeSpec{0, 1});
}

Reply system_call::gettimeofday(SystemCall const& call) {
    auto time = spec_of(call.kernel.clock.realtime(Machine::ticks()));
    time.nanoseconds /= 1000; // a timeval has microseconds there
    return call.wanted(call[0], time);
}

Reply system_call::time(SystemCall const& call) {
    auto const seconds = call.kernel.clock.realtime(Machine::ticks()) / second_ns;
    if (call[0] != 0) TRY(call.kernel.user.store(call[0], seconds));
    return seconds;
}

Reply system_call::nanosleep(SystemCall const& call) {
    if (call[0] == 0) return std::unexpected(base::Errno::Fault);
    auto const deadline = TRY(deadline_after(call.kernel, call[0]));
    return sleep_until(call, deadline, call[1]);
}

Reply system_call::clock_nanosleep(SystemCall const& call) {
    constexpr std::uint64_t absolute = 1;
    if (call[2] == 0) return std::unexpected(base::Errno::Fault);
    TRY(read_clock(call.kernel, call[0]));
    if (call[1] & absolute)
        return sleep_until(call, TRY(deadline_at(call.kernel, call[2], call[0])), 0);
    return sleep_until(call, TRY(deadline_after(call.kernel, call[2])), call[3]);
}

Reply system_call::sched_yield(SystemCall const& call) {
    return call.kernel.meanwhile([] {
        Machine::relax();
        return Reply{0};
    });
}

} // namespace shim
