// signalfd: blocked signals of the program are read like a file. None comes from the host.

#include "keep/shim/system_call/source.hpp"
#include "keep/shim/thread/schedule.hpp"

#include <bit>

namespace shim {

namespace {

constexpr std::uint32_t sent_to_thread = ~5U; // SI_TKILL
constexpr std::uint64_t set_size = 8;

// Signals that wait for the thread: those that it does not block reach it as it returns to the
// program.
std::uint64_t waiting(Thread const& thread) {
    return thread.alive() ? thread.pending & thread.blocked : 0;
}

// The lowest one that waits for the reader, else for the program, else for another thread; 0: none.
std::uint64_t take_signal(SystemCall const& call, std::uint64_t mask) {
    auto& kernel = call.kernel;
    auto found = waiting(call.thread) & mask;
    auto* from = found != 0 ? &call.thread.pending : &kernel.pending;
    if (found == 0) found = kernel.pending & mask;
    for (auto& thread : kernel.threads.first(kernel.max_threads))
        if (found == 0) from = &thread.pending, found = waiting(thread) & mask;
    if (found == 0) return 0;
    *from &= ~(found & -found);
    return static_cast<std::uint64_t>(std::countr_zero(found)) + 1;
}

} // namespace

Reply read_signals(
    SystemCall const& call, Source const& source, Pieces& pieces, std::uint64_t most
) {
    std::uint64_t done = 0;
    for (; done < most; ++done) {
        auto const signal = take_signal(call, source.mask);
        if (signal == 0) break;
        // Linux UAPI, linux/signalfd.h: signal, error, code, process, user, and what others have.
        std::array<std::uint32_t, signal_record / sizeof(std::uint32_t)> const record{
            static_cast<std::uint32_t>(signal), 0, sent_to_thread, 1, call.kernel.user_id
        };
        TRY(pieces.scatter(base::Heard{std::as_bytes(std::span{record})}));
    }
    return done * signal_record;
}

void tell_signals(Kernel& kernel, std::uint64_t sent) {
    if (!kernel.sources.signals()) return;
    auto there = kernel.pending;
    for (auto const& thread : kernel.threads.first(kernel.max_threads)) there |= waiting(thread);
    for (auto& source : kernel.sources.all()) {
        if (source.kind != Source::Kind::Signals) continue;
        bool const ready = (there & source.mask) != 0;
        // Each signal that is sent is an event of its own (EPOLLET).
        if (ready == source.raised && (there & source.mask & sent) == 0) continue;
        source.raised = ready;
        static_cast<void>(ring_in(kernel, source, ready ? 0 : forever));
        if (ready) wake_readers(kernel);
    }
}

Reply system_call::signalfd(SystemCall const& call) {
    constexpr std::uint64_t signalfd_number = 282; // which has no flags
    auto const flags = call.frame.rax == signalfd_number ? 0 : call[3];
    if (call[2] != set_size) return std::unexpected(base::Errno::Inval);
    auto const mask = TRY(call.kernel.user.load<std::uint64_t>(call[1])) & ~unblockable_signals;
    if ((flags & ~source_flags) != 0) return std::unexpected(base::Errno::Inval);
    if (call.word(0) == -1)
        return add_source(call, {.kind = Source::Kind::Signals, .mask = mask}, flags);
    TRY(source_of(call, 0, Source::Kind::Signals))->mask = mask;
    return call[0];
}

} // namespace shim
