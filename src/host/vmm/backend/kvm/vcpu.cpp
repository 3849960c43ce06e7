#include "host/vmm/backend/kvm/vcpu.hpp"

#include "protocol/hostcall/block.hpp"
#include "protocol/launch/machine.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

namespace host::vmm::kvm {

base::Result<Vcpu> Vcpu::create(os::Fd const& machine, unsigned index, std::size_t run_size) {
    os::Fd cpu{TRY(control(machine, KVM_CREATE_VCPU, static_cast<unsigned long>(index)))};
    void* const run =
        ::mmap(nullptr, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu.number(), 0);
    if (run == MAP_FAILED) return std::unexpected(os::last_error());
    return Vcpu{std::move(cpu), static_cast<kvm_run*>(run), run_size};
}

Vcpu::~Vcpu() {
    if (run_ != nullptr) ::munmap(run_, run_size_);
}

void Vcpu::begin_with(Registers const& registers) {
    run_->s.regs.regs = registers.general;
    run_->s.regs.sregs = registers.special;
    run_->kvm_dirty_regs = synchronised_registers;
}

// Linux, Documentation/virt/kvm/api.rst 4.16 and 5: without an interrupt controller KVM takes a
// vector only while the vCPU would, and says when that is.
void Vcpu::inject_kick() {
    if (run_->ready_for_interrupt_injection != 0 && run_->if_flag != 0) {
        kvm_interrupt vector{.irq = protocol::launch::kick_vector};
        if (control(cpu_, KVM_INTERRUPT, &vector)) kick_pending_ = false;
    }
    run_->request_interrupt_window = kick_pending_ ? 1 : 0;
}

Vcpu::Exit Vcpu::run() {
    if (kick_pending_) inject_kick();
    error_ = ::ioctl(cpu_.number(), KVM_RUN, 0UL) == 0 ? 0 : errno;
    if (error_ == EINTR || error_ == EAGAIN) return Exit::Interrupted;
    // With these two the reason is told all the same (KVM_EXIT_MEMORY_FAULT).
    if (error_ == EFAULT || error_ == EHWPOISON) return Exit::Other;
    if (error_ != 0) {
        run_->exit_reason = KVM_EXIT_UNKNOWN;
        run_->hw.hardware_exit_reason = static_cast<std::uint64_t>(error_);
        return Exit::Other;
    }
    if (run_->exit_reason == KVM_EXIT_INTR || run_->exit_reason == KVM_EXIT_IRQ_WINDOW_OPEN)
        return Exit::Interrupted;
    bool const doorbell =
        run_->exit_reason == KVM_EXIT_IO && run_->io.port == protocol::hostcall::doorbell_port;
    return doorbell ? Exit::Doorbell : Exit::Other;
}

bool Vcpu::not_emulated() const {
    return run_->exit_reason == KVM_EXIT_INTERNAL_ERROR &&
           run_->internal.suberror == KVM_INTERNAL_ERROR_EMULATION;
}

std::string Vcpu::explain() {
    auto const reason = run_->exit_reason;
    std::uint64_t const detail =
        reason == KVM_EXIT_INTERNAL_ERROR ? run_->internal.suberror : run_->hw.hardware_exit_reason;
    // A run that ends before it begins shows the registers; the calls for that are filtered out.
    run_->kvm_valid_regs = synchronised_registers;
    interrupt();
    static_cast<void>(::ioctl(cpu_.number(), KVM_RUN, 0UL));
    auto const& seen = run_->s.regs;
    return fmt::format(
        "KVM ended the machine: reason {} ({}), rip {:#x}, rsp {:#x}, cr2 {:#x}, cs {:#x}",
        reason,
        detail,
        seen.regs.rip,
        seen.regs.rsp,
        seen.sregs.cr2,
        seen.sregs.cs.selector
    );
}

} // namespace host::vmm::kvm
