#pragma once

// The registers with which every vCPU of an SEV-SNP Keep begins, and the VMSA that KVM makes of
// them when the launch is finished, which the digest holds.

#include "host/vmm/backend/kvm/registers.hpp"
#include "hw/snp/vmsa.hpp"

namespace host::vmm::snp {

// All vCPUs are there, and the same, before the launch is finished: the host can run any of them at
// any time, so the image's entry is one at which it does not matter who comes first.
kvm::Registers first_registers(protocol::launch::ImageHeader const& image);

// What KVM's calls for these registers leave in the VMSA of a vCPU that was never run
// (`sev_es_sync_vmsa` of Linux 6.12 and 7.3). Scale and offset of Secure TSC, which the processor
// fills in, count as zero.
hw::snp::Vmsa vmsa_of(
    kvm::Registers const& registers, kvm::OtherRegisters const& others, bool secure_tsc = false
);

} // namespace host::vmm::snp
