// Waiting for a word of memory to change, Linux futex(2).

#include "keep/shim/system_call/system_call.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim {

namespace {

// Linux UAPI, linux/futex.h.
enum class Operation : std::uint64_t {
    Wait = 0,
    Wake = 1,
    Requeue = 3,
    CompareRequeue = 4,
    WaitMask = 9,
    WakeMask = 10
};
constexpr std::uint64_t operation_mask = 0x7f;
constexpr std::uint64_t realtime_flag = 256;
constexpr std::uint32_t any = ~0U;

Thread* first_waiter(Kernel& kernel, std::uint64_t at, std::uint32_t mask) {
    if (at == 0) return nullptr; // so does every thread that waits for nothing
    Thread* first = nullptr;
    for (auto& thread : kernel.threads.first(kernel.max_threads))
        if (thread.futex == at && (thread.futex_mask & mask) != 0 &&
            (first == nullptr || thread.futex_order < first->futex_order))
            first = &thread;
    return first;
}

Reply wait(SystemCall const& call, std::uint32_t mask, std::uint64_t deadline) {
    auto& kernel = call.kernel;
    auto& thread = call.thread;
    if (mask == 0 || call[0] % sizeof(std::uint32_t) != 0)
        return std::unexpected(base::Errno::Inval);
    if (TRY(kernel.user.load<std::uint32_t>(call[0])) != static_cast<std::uint32_t>(call[2]))
        return std::unexpected(base::Errno::Again);
    thread.futex = call[0];
    thread.futex_mask = mask;
    thread.futex_order = kernel.futex_order++;
    while (thread.futex != 0) {
        if (thread.pending & ~thread.blocked) break;
        if (deadline != forever && kernel.clock.monotonic(Machine::ticks()) >= deadline) break;
        park(kernel, deadline);
    }
    if (thread.futex == 0) return 0;
    thread.futex = 0;
    return std::unexpected(
        thread.pending & ~thread.blocked ? base::Errno::Intr : base::Errno::TimedOut
    );
}

Reply requeue(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto woken = wake_futex(kernel, call[0], call[2] & 0x7fff'ffff, any);
    for (std::uint64_t moved = 0; moved < call[3] && call[0] != call[4]; ++moved) {
        auto* const waiter = first_waiter(kernel, call[0], any);
        if (waiter == nullptr) break;
        waiter->futex = call[4];
        ++woken;
    }
    return woken;
}

} // namespace

std::uint64_t
wake_futex(Kernel& kernel, std::uint64_t at, std::uint64_t count, std::uint32_t mask) {
    std::uint64_t woken = 0;
    for (; woken < count; ++woken) {
        auto* const waiter = first_waiter(kernel, at, mask);
        if (waiter == nullptr) break;
        waiter->futex = 0;
        wake(kernel, *waiter);
    }
    return woken;
}

Reply system_call::futex(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const operation = static_cast<Operation>(call[1] & operation_mask);
    auto const word = static_cast<std::uint32_t>(call[5]);
    auto const clock = call[1] & realtime_flag ? realtime_clock : monotonic_clock;
    switch (operation) {
    case Operation::Wait:
        return wait(call, any, TRY(deadline_after(kernel, call[3])));
    case Operation::WaitMask:
        return wait(call, word, TRY(deadline_at(kernel, call[3], clock)));
    case Operation::Wake:
    case Operation::WakeMask:
        return wake_futex(
            kernel, call[0], call[2] & 0x7fff'ffff, operation == Operation::Wake ? any : word
        );
    case Operation::CompareRequeue:
        if (TRY(kernel.user.load<std::uint32_t>(call[0])) != word)
            return std::unexpected(base::Errno::Again);
        [[fallthrough]];
    case Operation::Requeue:
        return requeue(call);
    default:
        return std::unexpected(base::Errno::NoSys);
    }
}

} // namespace shim
