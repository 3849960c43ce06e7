// What this KVM says that it can: KVM_CHECK_EXTENSION and the processor's CPUID.
#pragma once
#include <cstdint>
#include <vector>

#include <linux/kvm.h>

namespace model::kvm {

/// Of /dev/kvm, or of a machine's descriptor. `protects`: of an SNP guest's.
long capability(std::uint64_t which, bool protects);
/// KVM_GET_SUPPORTED_CPUID: Bochs' processor as KVM on an EPYC with SEV-SNP would show it to a
/// guest.
std::vector<kvm_cpuid_entry2> const& supported_cpuid();

} // namespace model::kvm
