// What time it is, and how exactly that is known.

#include "os/clock.hpp"

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"

namespace exec::wasi {

namespace {

Result<os::Clock> clock_of(std::uint32_t id) {
    switch (ClockId{id}) {
    case ClockId::Realtime:
        return os::Clock::Realtime;
    case ClockId::Monotonic:
        return os::Clock::Monotonic;
    case ClockId::ProcessCpu:
        return os::Clock::ProcessCpu;
    case ClockId::ThreadCpu:
        return os::Clock::ThreadCpu;
    }
    return std::unexpected(Errno::Inval);
}

} // namespace

Result<void> clock_res_get(
    Context& /*context*/, GuestMemory memory, std::uint32_t id, Pointer<std::uint64_t> out
) {
    auto const clock = TRY(clock_of(id));
    return memory.write(out, TRY(to_wasi(os::resolution_ns(clock))));
}

// Exact to what the clock can do: any `precision` that the application is content with is met.
Result<void> clock_time_get(
    Context& /*context*/,
    GuestMemory memory,
    std::uint32_t id,
    std::uint64_t /*precision*/,
    Pointer<std::uint64_t> out
) {
    auto const clock = TRY(clock_of(id));
    return memory.write(out, TRY(to_wasi(os::now_ns(clock))));
}

} // namespace exec::wasi
