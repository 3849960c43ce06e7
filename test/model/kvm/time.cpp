// See time.hpp.
#include "kvm/time.hpp"

#include <algorithm>
#include <thread>

#include <x86intrin.h>

namespace model::kvm {

std::uint64_t time_stamp() { return __rdtsc(); }

std::uint64_t time_stamp_khz() {
    static std::uint64_t const measured = [] {
        using Clock = std::chrono::steady_clock;
        auto const began = Clock::now();
        auto const first = __rdtsc();
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        auto const ticks = __rdtsc() - first;
        auto const passed =
            std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count();
        return static_cast<std::uint64_t>(
            static_cast<double>(ticks) * 1e6 / static_cast<double>(passed)
        );
    }();
    return measured;
}

std::chrono::nanoseconds until(std::uint64_t wanted) {
    auto const now = time_stamp();
    if (wanted <= now) return std::chrono::nanoseconds{0};
    constexpr double most = 1e18; // beyond 30 years it is never
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(
        most, static_cast<double>(wanted - now) * 1e6 / static_cast<double>(time_stamp_khz())
    ))};
}

} // namespace model::kvm
