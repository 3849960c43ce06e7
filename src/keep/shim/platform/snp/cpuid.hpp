#pragma once

// The CPUID page of this guest.

#include "keep/shim/snp/cpuid_table.hpp"

namespace shim::snp {

// By the first vCPU: takes the page, and ends the Keep unless the processor has what the image
// needs.
void take_cpuid();
CpuidTable const& cpuid_table();

std::uint64_t enabled_state(); // XCR0

} // namespace shim::snp
