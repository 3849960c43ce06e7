#pragma once

// The lowest microcode that cannot be replaced by an attacker's (EntrySign, CVE-2024-56161).

#include "hw/snp/attestation_report.hpp"

#include <cstdint>

namespace attest::snp {

// By family, model and stepping in the report; where it does not say (version 2), or names a
// stepping that is not in the table, the highest floor of the product.
std::uint8_t microcode_floor(hw::snp::Product product, hw::snp::AttestationReport const& report);

} // namespace attest::snp
