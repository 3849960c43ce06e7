#pragma once

// Why KVM came back from an SEV-SNP guest, in words. No register of it is seen: they are the
// Keep's.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "os/failure.hpp"

namespace host::vmm::snp {

// `error`: of KVM_RUN itself; 0: none. Not of the doorbell, nor of an interruption.
os::Failure explain_exit(kvm_run const& seen, int error);

} // namespace host::vmm::snp
