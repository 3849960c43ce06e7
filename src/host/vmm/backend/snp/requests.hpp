#pragma once

// What a running SEV-SNP Keep's process asks of KVM: its vCPUs and its memory are there since the
// launch. What the guest's launch took, and /dev/sev, is out of its reach.

#include "host/vmm/backend/kvm/requests.hpp"
#include "host/vmm/backend/snp/uapi.hpp"

namespace host::vmm::snp {

inline constexpr auto requests_while_running =
    kvm::joined(kvm::requests_to_run, std::array{set_memory_attributes}); // the last one: to grow

} // namespace host::vmm::snp
