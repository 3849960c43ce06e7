// Exceptions of the program, each of which the host may have injected: they are judged before the
// program sees them.

#include "keep/shim/snp/exception.hpp"

#include "keep/shim/event/kernel.hpp"
#include "keep/shim/platform/snp/cpuid.hpp"
#include "protocol/launch/snp.hpp"

namespace shim {

namespace {

constexpr std::uint64_t cpuid_length = 2;

snp::FloatingPoint floating_point() {
    snp::FloatingPoint state{};
    asm volatile("fnstsw %0; stmxcsr %1" : "=m"(state.x87_status), "=m"(state.mxcsr));
    return state;
}

// As much as there is up to the first byte that the program cannot read.
std::size_t read_program(void* of, std::uint64_t at, std::span<std::byte> to) {
    auto& kernel = *static_cast<Kernel*>(of);
    std::size_t done = 0;
    while (done < to.size() && kernel.user.read(at + done, to.subspan(done, 1))) ++done;
    return done;
}

void answer_cpuid(Frame& frame) {
    auto const of = snp::cpuid_table().answer(
        static_cast<std::uint32_t>(frame.rax),
        static_cast<std::uint32_t>(frame.rcx),
        {.cpu = Machine::cpu(), .xcr0 = snp::enabled_state()}
    );
    frame.rax = of.eax;
    frame.rbx = of.ebx;
    frame.rcx = of.ecx;
    frame.rdx = of.edx;
    frame.rip += cpuid_length;
}

// The fault that came last and cannot be right, by vCPU.
struct Doubted {
    std::uint64_t rip;
    std::uint64_t address;
};
std::array<Doubted, protocol::launch::snp::most_cpus> doubted;

// While a fault is delivered the host can change its error code, not its address. So what the
// program could do by another kind of access it gets, and has to fault there once more before it
// hears of it: then it cannot have been that other one. True: it goes back and tries again.
bool tries_again(Kernel& kernel, Frame const& frame) {
    auto access = Access::Read;
    if (frame.error & page_fault::write) access = Access::Write;
    if (frame.error & page_fault::fetch) access = Access::Execute;
    auto const reached = kernel.space.reach(frame.fault_address, access);
    if (reached || reached.error() == base::Errno::NoMem) return false;
    auto& last = doubted[Machine::cpu()];
    bool const again = last.rip == frame.rip && last.address == frame.fault_address;
    last = again ? Doubted{} : Doubted{.rip = frame.rip, .address = frame.fault_address};
    if (!again) static_cast<void>(kernel.space.reach(frame.fault_address, Access::Read));
    return !again;
}

} // namespace

bool Machine::answer_exception(Kernel& kernel, Frame& frame) {
    switch (snp::judge(frame, {.read = read_program, .of = &kernel}, floating_point())) {
    case snp::Verdict::Programs:
        return frame.vector == Vector::PageFault && tries_again(kernel, frame);
    case snp::Verdict::Cpuid:
        answer_cpuid(frame);
        return true;
    case snp::Verdict::Illegal:
        frame.vector = Vector::InvalidOpcode;
        return false;
    case snp::Verdict::Privileged:
        frame.vector = Vector::GeneralProtection;
        frame.error = 0;
        return false;
    case snp::Verdict::Harmless:
        return true;
    case snp::Verdict::Invented:
        break;
    }
    log(kernel, "the program was at", frame.rip);
    give_up(
        kernel,
        "an exception that only the host can have sent, or that cannot be told from one; vector",
        static_cast<std::uint64_t>(frame.vector) | frame.error << 16
    );
}

} // namespace shim
