// timerfd: when a timer runs out, and how often it did, is the Keep's clock to say. The host's
// timer behind it makes poll and epoll wake up, once for each time that it is read.

#include "keep/shim/system_call/source.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim {

namespace {

// Linux UAPI, linux/timerfd.h, linux/time.h.
constexpr std::uint64_t absolute = 1;
constexpr std::uint64_t cancel_on_set = 2; // the Keep's clocks are never set
constexpr std::uint64_t boot_time_clock = 7;
constexpr std::uint64_t longest = 1ULL << 62;
// The host's clock runs by at most so much faster than the Keep's: 1/4096. A reader that comes by
// so little too early waits instead of being sent away, if it is not for long.
constexpr unsigned tolerance_shift = 12;
constexpr std::uint64_t most_tolerance_ns = 10'000'000;

struct Setting { // struct itimerspec
    TimeSpec interval;
    TimeSpec left;
};

Setting setting_of(Kernel& kernel, Source const& timer) {
    auto const now = kernel.clock.monotonic(Machine::ticks());
    std::uint64_t left = 0;
    if (timer.next > now)
        left = timer.next - now;
    else if (timer.next != 0 && timer.interval != 0)
        left = timer.interval - ((now - timer.next) % timer.interval);
    return {spec_of(timer.interval), spec_of(left)};
}

} // namespace

Reply arm(Kernel& kernel, Source& timer) {
    auto const now = kernel.clock.monotonic(Machine::ticks());
    auto const left = timer.next > now ? timer.next - now : 0;
    timer.tolerance = smaller(left >> tolerance_shift, most_tolerance_ns);
    return ring_in(kernel, timer, timer.next == 0 ? forever : left);
}

Reply read_timer(SystemCall const& call, Source& timer, Pieces& pieces) {
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    if (timer.next == 0 || now < timer.next) return 0;
    std::uint64_t times = 1;
    if (timer.interval != 0) times += (now - timer.next) / timer.interval;
    timer.next = timer.interval == 0 ? 0 : timer.next + (times * timer.interval);
    TRY(arm(call.kernel, timer));
    return pieces.scatter(base::Heard{std::as_bytes(std::span{&times, 1})});
}

Reply system_call::timerfd_create(SystemCall const& call) {
    if ((call[1] & ~source_flags) != 0) return std::unexpected(base::Errno::Inval);
    if (call[0] != realtime_clock && call[0] != monotonic_clock && call[0] != boot_time_clock)
        return std::unexpected(base::Errno::Inval);
    auto const clock = static_cast<std::uint8_t>(call[0]);
    return add_source(call, {.kind = Source::Kind::Timer, .clock = clock}, call[1]);
}

Reply system_call::timerfd_settime(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const left_at = call[2] + offsetof(Setting, left);
    auto const interval = TRY(load_ns(kernel, call[2]));
    auto const left = TRY(load_ns(kernel, left_at));
    if ((call[1] & ~(absolute | cancel_on_set)) != 0) return std::unexpected(base::Errno::Inval);
    auto& timer = *TRY(source_of(call, 0, Source::Kind::Timer));
    auto const old = setting_of(kernel, timer);
    auto const at =
        TRY(call[1] & absolute ? deadline_at(kernel, left_at, timer.clock)
                               : deadline_after(kernel, left_at));
    timer.next = left == 0 ? 0 : larger(smaller(at, longest), 1);
    timer.interval = smaller(interval, longest);
    TRY(arm(kernel, timer));
    wake_readers(kernel);
    return call.wanted(call[3], old);
}

Reply system_call::timerfd_gettime(SystemCall const& call) {
    auto const& timer = *TRY(source_of(call, 0, Source::Kind::Timer));
    return call.store(call[1], setting_of(call.kernel, timer));
}

} // namespace shim
