#pragma once

// Time inside the Keep: the CPU's counter, set once by the host's word and never asked of it again.

#include <cstdint>

namespace shim {

inline constexpr std::uint64_t realtime_clock = 0; // Linux UAPI, linux/time.h
inline constexpr std::uint64_t monotonic_clock = 1;
inline constexpr std::uint64_t second_ns = 1'000'000'000;

// The vDSO reads a copy of this at a fixed address (vdso.c): same order, same meaning.
struct Clock {
    std::uint64_t tick = 0;         // TSC when ...
    std::uint64_t monotonic_ns = 0; // ... these were true
    std::uint64_t realtime_ns = 0;
    std::uint64_t ns_per_tick = 0; // times 2^32

    static constexpr std::uint64_t factor(std::uint64_t tsc_khz) {
        return (1'000'000ULL << 32) / tsc_khz;
    }

    std::uint64_t elapsed_ns(std::uint64_t ticks) const {
        // A counter that stands before its start is a lie or a wrap; time then stands still.
        if (ticks < tick) return 0;
        return static_cast<std::uint64_t>(
            (static_cast<unsigned __int128>(ticks - tick) * ns_per_tick) >> 32
        );
    }
    std::uint64_t monotonic(std::uint64_t ticks) const { return monotonic_ns + elapsed_ns(ticks); }
    std::uint64_t realtime(std::uint64_t ticks) const { return realtime_ns + elapsed_ns(ticks); }
};

} // namespace shim
