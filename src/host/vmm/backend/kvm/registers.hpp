#pragma once

// The registers with which a vCPU begins, from the header of the shim's image.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "protocol/launch/machine.hpp"

namespace host::vmm::kvm {

// Which of the image's two entries, and the root of the page table that this vCPU uses.
struct Beginning {
    std::uint64_t entry = 0;
    std::uint64_t root = 0;
};

// The registers that KVM takes over from kvm_run when the vCPU is run.
struct Registers {
    kvm_regs general;
    kvm_sregs special;
};
Registers
registers_at(protocol::launch::ImageHeader const& image, Beginning const& beginning, bool first);

// Those that take calls of their own, beside CPUID.
struct OtherRegisters {
    std::uint64_t xcr0;
    std::uint64_t star;
    std::uint64_t lstar;
    std::uint64_t fmask;
};
OtherRegisters other_registers(protocol::launch::ImageHeader const& image);
base::Result<void> set_listed_registers(os::Fd const& cpu, OtherRegisters const& wanted);
base::Result<void>
set_other_registers(os::Fd const& cpu, protocol::launch::ImageHeader const& image);

} // namespace host::vmm::kvm
