#pragma once

// The plan of an SEV-SNP Keep: protocol/launch/snp.hpp as regions. No firmware, and nothing of the
// host's word in private memory.

#include "host/vmm/plan/plan.hpp"

namespace host::vmm {

// A page that the launch adds takes the secure processor about a millisecond. So only these are
// added: what the shim's file holds, the secrets page, the CPUID page, a VMSA for each of
// `wishes.max_cpus` vCPUs. All other private memory the shim itself validates and clears, and what
// is shared it copies before it believes it.
os::OrFailure<Plan> snp_plan(ImageSizes const& sizes, Wishes const& wishes);

// How many processors a program is told of that has so many vCPUs. A program that computes makes a
// thread for each of them, beside the first, and may have one more that waits: a thread that gets
// no vCPU is one that most programs do not go on without.
constexpr std::uint32_t processors_told(std::uint32_t vcpus) { return vcpus > 3 ? vcpus - 2 : 1; }

} // namespace host::vmm
