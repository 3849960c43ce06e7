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

#include <functional>

namespace host::vmm {

// What is told of each page as the digest takes it in: with its bytes, where these are measured.
using PageListener = std::function<void(attest::measure::SnpPage const&, base::View)>;

// Every page that the launch adds, in order. Reads the whole program where that is measured: some
// 60 ms for exec.
os::OrFailure<void>
walk_pages(std::span<Region const> regions, Supply const& supply, PageListener const& listener);

os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply);

} // namespace host::vmm
