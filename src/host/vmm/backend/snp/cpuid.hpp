#pragma once

// What CPUID answers in an SEV-SNP Keep: KVM's own table without what the firmware refuses, for the
// vCPUs and for the CPUID page alike.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "hw/snp/cpuid_page.hpp"

#include <span>
#include <vector>

namespace host::vmm::snp {

using CpuidTable = std::vector<kvm_cpuid_entry2>;

// Of /dev/kvm.
base::Result<CpuidTable> supported_cpuid(os::Fd const& kvm);

// Takes away what the firmware does not let a guest see, and hypervisors' own leaves.
CpuidTable for_guest(CpuidTable table);

// Errno::TooBig: more leaves than a page holds.
base::Result<hw::snp::CpuidPage> page_of(CpuidTable const& table);

base::Result<void> set_cpuid(os::Fd const& cpu, CpuidTable const& table);

} // namespace host::vmm::snp
