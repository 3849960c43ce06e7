#include "host/vmm/backend/kvm/vcpu.hpp"

#include "protocol/hostcall/block.hpp"

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

Vcpu::Exit Vcpu::run() {
    if (::ioctl(cpu_.number(), KVM_RUN, 0UL) != 0) {
        if (errno == EINTR || errno == EAGAIN) return Exit::Interrupted;
        run_->exit_reason = KVM_EXIT_UNKNOWN;
        run_->hw.hardware_exit_reason = static_cast<std::uint64_t>(errno);
        return Exit::Other;
    }
    if (run_->exit_reason == KVM_EXIT_INTR) return Exit::Interrupted;
    bool const doorbell =
        run_->exit_reason == KVM_EXIT_IO && run_->io.port == protocol::hostcall::doorbell_port;
    return doorbell ? Exit::Doorbell : Exit::Other;
}

std::string Vcpu::explain() const {
    kvm_regs r{};
    kvm_sregs s{};
    static_cast<void>(control(cpu_, KVM_GET_REGS, &r));
    static_cast<void>(control(cpu_, KVM_GET_SREGS, &s));
    std::uint64_t const detail = run_->exit_reason == KVM_EXIT_INTERNAL_ERROR
                                     ? run_->internal.suberror
                                     : run_->hw.hardware_exit_reason;
    return fmt::format(
        "KVM ended the machine: reason {} ({}), rip {:#x}, rsp {:#x}, cr2 {:#x}, cs {:#x}",
        run_->exit_reason,
        detail,
        r.rip,
        r.rsp,
        s.cr2,
        s.cs.selector
    );
}

} // namespace host::vmm::kvm
