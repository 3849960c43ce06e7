// Every entry arrives here: a system call is answered, a fault brings in a page or is a signal.

#include "keep/shim/event/kernel.hpp"
#include "keep/shim/system_call/source.hpp"
#include "keep/shim/system_call/system_call.hpp"

#include <array>
#include <bit>

namespace shim {

namespace {

// Which signal an exception is, Linux UAPI, asm-generic/siginfo.h.
struct Described {
    Vector vector;
    Signal signal;
    std::int32_t code;
    bool with_address; // of the instruction
};
constexpr std::int32_t from_kernel = 0x80; // SI_KERNEL
constexpr std::array exceptions{
    Described{Vector::DivideError, Signal::Fpe, 1, true},    // FPE_INTDIV
    Described{Vector::FloatingPoint, Signal::Fpe, 14, true}, // FPE_FLTUNK
    Described{Vector::Simd, Signal::Fpe, 14, true},
    Described{Vector::Debug, Signal::Trap, 2, true}, // TRAP_TRACE
    Described{Vector::Breakpoint, Signal::Trap, from_kernel, false},
    Described{Vector::InvalidOpcode, Signal::Ill, 2, true}, // ILL_ILLOPN
    Described{Vector::StackFault, Signal::Bus, from_kernel, false},
    Described{Vector::AlignmentCheck, Signal::Bus, 1, false}, // BUS_ADRALN
    Described{Vector::Overflow, Signal::Segv, from_kernel, false},
    Described{Vector::GeneralProtection, Signal::Segv, from_kernel, false},
};
constexpr std::uint32_t vectors_with_error = 1U << 12 | 1U << 13 | 1U << 14 | 1U << 17; // of these
static_assert(static_cast<std::uint64_t>(Vector::Kick) == protocol::launch::kick_vector);
constexpr std::int32_t segv_unmapped = 1; // SEGV_MAPERR
constexpr std::int32_t segv_access = 2;   // SEGV_ACCERR

// By the handler; without one, or where its frame cannot be made, the program ends, as on Linux.
void deliver(Kernel& kernel, Frame& frame, SignalInfo const& info) {
    auto const number = static_cast<std::uint64_t>(info.signal);
    if (kernel.signals.action(number).handler <= 1) end_keep(kernel, {.signal = number});
    if (!kernel.signals.deliver(kernel.thread(), frame, info))
        end_keep(kernel, {.signal = static_cast<std::uint64_t>(Signal::Segv)});
}

// Linux ends a program whose fault nobody handles, even if it blocks or ignores the signal.
void raise(Kernel& kernel, Frame& frame, SignalInfo info) {
    auto const number = static_cast<std::uint64_t>(info.signal);
    if (kernel.thread().blocked & signal_bit(number)) end_keep(kernel, {.signal = number});
    info.trap = static_cast<std::uint64_t>(frame.vector);
    bool const with_error = info.trap < 32 && (vectors_with_error >> info.trap & 1) != 0;
    info.error = with_error ? frame.error : 0;
    deliver(kernel, frame, info);
}

void on_page_fault(Kernel& kernel, Frame& frame) {
    Access access = Access::Read;
    if (frame.error & page_fault::write) access = Access::Write;
    if (frame.error & page_fault::fetch) access = Access::Execute;
    auto const brought_in = kernel.space.reach(frame.fault_address, access);
    if (brought_in) {
        // The entry was right already: this vCPU remembered an older one.
        if (frame.error & page_fault::present) Machine::flush();
        return;
    }
    if (brought_in.error() == base::Errno::NoMem)
        end_keep(
            kernel,
            {.status = protocol::hostcall::out_of_memory_status,
             .signal = static_cast<std::uint64_t>(Signal::Kill)}
        );
    auto const at = frame.fault_address;
    bool const mapped = !kernel.space.vacant({at, at + 1});
    raise(kernel, frame, {Signal::Segv, mapped ? segv_access : segv_unmapped, at});
}

void on_exception(Kernel& kernel, Frame& frame) {
    if (Machine::answer_exception(kernel, frame)) return;
    if (frame.vector == Vector::PageFault) return on_page_fault(kernel, frame);
    // The entry alone was what another vCPU waits for. Where none can, it is a vector as any other.
    bool const kick = frame.vector == Vector::Kick && frame.cs == user_code_selector;
    if (kick && Machine::others_remember()) return Machine::end_kick();
    for (auto const& [vector, signal, code, with_address] : exceptions)
        if (vector == frame.vector)
            return raise(kernel, frame, {signal, code, with_address ? frame.rip : 0});
    // Anything else is sent by the host or by broken hardware: the Keep does not go on with it.
    give_up(kernel, "unexpected vector", static_cast<std::uint64_t>(frame.vector));
}

void deliver_pending(Kernel& kernel, Frame& frame) {
    auto& thread = kernel.thread();
    while (auto const ready = (thread.pending | kernel.pending) & ~thread.blocked) {
        auto const number = static_cast<std::uint64_t>(std::countr_zero(ready)) + 1;
        (thread.pending & signal_bit(number) ? thread.pending : kernel.pending) &=
            ~signal_bit(number);
        if (kernel.signals.ignored(number)) continue;
        deliver(kernel, frame, {.signal = static_cast<Signal>(number), .code = -6}); // SI_TKILL
    }
}

} // namespace

void on_event(Kernel& kernel, Frame& frame) {
    if (frame.vector == Vector::SystemCall)
        answer_system_call(kernel, frame);
    else
        on_exception(kernel, frame);
    deliver_pending(kernel, frame);
    tell_signals(kernel, 0);
}

} // namespace shim
