#pragma once

// Time inside the Keep: the CPU's counter, set once by the host's word and never asked of it again.
// It never falls, on no vCPU, whatever the host does to their counters.

#include "keep/shim/vdso/clock.h"

#include <cstdint>

namespace shim {

inline constexpr std::uint64_t realtime_clock = 0; // Linux UAPI, linux/time.h
inline constexpr std::uint64_t monotonic_clock = 1;
inline constexpr std::uint64_t second_ns = 1'000'000'000;

// The vDSO reads a copy of the clock_page at a fixed address.
class Clock : public clock_page {
public:
    constexpr Clock() : clock_page{} {}

    static constexpr std::uint64_t most_elapsed_ms = 1ULL << 42; // 139 years

    // `now`: what the counter shows at this moment. A later tick is not believed, time then begins
    // now.
    static constexpr Clock starting(
        std::uint64_t tick,
        std::uint64_t now,
        std::uint64_t monotonic_ns,
        std::uint64_t realtime_ns,
        std::uint64_t tsc_khz
    ) {
        Clock clock;
        clock.tick = tick < now ? tick : now;
        clock.monotonic_ns = monotonic_ns;
        clock.realtime_ns = realtime_ns;
        clock.ns_per_tick = (1'000'000ULL << 32) / tsc_khz;
        std::uint64_t most = 0;
        bool const all = __builtin_mul_overflow(most_elapsed_ms, tsc_khz, &most) ||
                         __builtin_add_overflow(most, clock.tick, &clock.last_tick);
        if (all) clock.last_tick = ~0ULL;
        return clock;
    }

    // The vDSO's mark, in a page that the program may write to: it can only advance this clock.
    void share(clock_word* mark) { shared_ = mark; }

    std::uint64_t elapsed_ns(std::uint64_t counter) {
        auto ticks = clock_advance(this, &mark_, counter);
        if (shared_ != nullptr)
            ticks = clock_advance(this, &mark_, clock_advance(this, shared_, ticks));
        return clock_elapsed_ns(this, ticks);
    }
    std::uint64_t monotonic(std::uint64_t counter) { return monotonic_ns + elapsed_ns(counter); }
    std::uint64_t realtime(std::uint64_t counter) { return realtime_ns + elapsed_ns(counter); }

private:
    clock_word mark_ = 0;
    clock_word* shared_ = nullptr;
};

} // namespace shim
