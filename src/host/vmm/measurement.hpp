#pragma once

// What a Keep will run, as one digest: the launch digest that SEV-SNP computes of the plan's
// regions (firmware ABI 1.58, 8.17.2). A Keep without hardware has nobody who vouches for it.
//
// Measured are the pages of the regions that the launch adds, in the plan's order, each padded with
// zeros: of the types normal and VMSA type, address and contents, of the others type and address.
//
// Nothing else is: memory that is empty, what the host hands in and the shim or exec judge for
// themselves. So it is the same for every application, size of memory and kind of descriptor; what
// an application is, and how it was started, are digests of their own.

#include "attest/measure/snp_launch.hpp"
#include "host/vmm/plan/supply.hpp"
#include "protocol/evidence/evidence.hpp"

#include <vector>

namespace host::vmm {

// The pages as the digest takes them in. Reads the whole program where that is measured: some 60 ms
// for exec.
os::OrFailure<std::vector<attest::measure::SnpPage>>
pages_of(std::span<Region const> regions, Supply const& supply);

os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply);

} // namespace host::vmm
