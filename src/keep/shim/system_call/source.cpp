// Making and reading what is behind timerfd and signalfd.

#include "keep/shim/system_call/source.hpp"

#include "keep/shim/thread/schedule.hpp"

namespace shim {

namespace {

constexpr std::uint64_t timer_record = sizeof(std::uint64_t);
constexpr std::uint64_t most_read = 64 * signal_record;
constexpr std::uint64_t get_status = 3; // F_GETFL
constexpr std::uint64_t most_flags = 0xffff'ffff;

base::Result<void> wait_for(SystemCall const& call, Source& source) {
    auto& kernel = call.kernel;
    auto& thread = call.thread;
    auto const now = kernel.clock.monotonic(Machine::ticks());
    bool const soon = source.next > now && source.next - now <= source.tolerance;
    // A flag of the open description, which the host has for all its numbers.
    Arguments const wanted{source.handle, get_status};
    if (!soon && (TRY(kernel.host.call(Call::Fcntl, wanted, most_flags)) & open_nonblocking) != 0) {
        // If the host's timer has rung too early, it has to ring again.
        if (source.kind == Source::Kind::Timer) TRY(arm(kernel, source));
        return std::unexpected(base::Errno::Again);
    }
    if (thread.pending & ~thread.blocked) return std::unexpected(base::Errno::Intr);
    thread.reads = true;
    park(kernel, source.next == 0 ? forever : source.next);
    thread.reads = false;
    return {};
}

} // namespace

Reply add_source(SystemCall const& call, Source const& wanted, std::uint64_t flags) {
    auto& kernel = call.kernel;
    auto const handle =
        TRY(kernel.wait(Call::TimerCreate, {flags & open_nonblocking}, most_handle));
    auto const number = TRY(add_handle(call, handle, flags, false));
    auto const source = kernel.sources.add(wanted);
    if (!source) {
        kernel.files.remove(number);
        TRY(kernel.wait(Call::Close, {handle}, 0));
        return std::unexpected(source.error());
    }
    (*source)->handle = static_cast<std::uint32_t>(handle);
    auto const file = TRY(kernel.files.find(number));
    kernel.files.change(number, file, [](File& f) { f.source = true; });
    return number;
}

base::Result<Source*> source_of(SystemCall const& call, unsigned argument, Source::Kind kind) {
    auto const handle = TRY(call.kernel.files.host(call[argument], base::Errno::Inval)).handle;
    auto* const source = TRY(call.kernel.sources.find(handle, base::Errno::Inval));
    if (source->kind != kind) return std::unexpected(base::Errno::Inval);
    return source;
}

Reply ring_in(Kernel& kernel, Source const& source, std::uint64_t ns) {
    // The lock stays closed: the host's timer is as the last change left it.
    return kernel.host.call(Call::TimerSet, {source.handle, ns}, 0);
}

void wake_readers(Kernel& kernel) {
    for (auto& thread : kernel.threads.first(kernel.max_threads))
        if (thread.reads) wake(kernel, thread);
}

Reply read_source(SystemCall const& call, std::uint32_t handle, Pieces pieces) {
    auto& source = *TRY(call.kernel.sources.find(handle, base::Errno::BadF));
    bool const timer = source.kind == Source::Kind::Timer;
    auto const room = TRY(pieces.left(most_read, Access::Write));
    if (room < (timer ? timer_record : signal_record)) return std::unexpected(base::Errno::Inval);
    for (auto const serial = source.serial; source.serial == serial;) {
        auto const read =
            TRY(timer ? read_timer(call, source, pieces)
                      : read_signals(call, source, pieces, room / signal_record));
        if (read != 0) return read;
        TRY(wait_for(call, source));
    }
    return std::unexpected(base::Errno::BadF); // closed meanwhile
}

} // namespace shim
