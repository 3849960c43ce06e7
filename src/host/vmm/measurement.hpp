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
#include "crypto/digest.hpp"
#include "host/vmm/plan/supply.hpp"
#include "protocol/evidence/evidence.hpp"

#include <functional>
#include <vector>

namespace host::vmm {

// What is told of each page as the digest takes it in: with its bytes, where these are measured.
using PageListener = std::function<void(attest::measure::SnpPage const&, base::View)>;

// Every page that the launch adds, in order. Reads the whole program where that is measured: 10 ms
// for exec with vectors of 512 bits, else 35.
os::OrFailure<void>
walk_pages(std::span<Region const> regions, Supply const& supply, PageListener const& listener);

// `program`: digests of the program's pages, which images of several shims share. Empty: they are
// computed, and are in it then.
using ProgramPages = std::vector<crypto::Sha384Digest>;
os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply, ProgramPages& program);
os::OrFailure<protocol::evidence::Measurement>
measure(std::span<Region const> regions, Supply const& supply);

} // namespace host::vmm
