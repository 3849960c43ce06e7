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

// What a vCPU has in its special registers before anybody sets them.
base::Result<kvm_sregs> special_registers(os::Fd const& cpu);

// `special`: as special_registers() of any vCPU of this machine found them.
base::Result<void> set_registers(
    os::Fd const& cpu,
    protocol::launch::ImageHeader const& image,
    Beginning const& beginning,
    kvm_sregs const& special
);

} // namespace host::vmm::kvm
