#pragma once

// What an accepted SEV-SNP report says.

#include "hw/snp/attestation_report.hpp"

#include <string>

namespace attest::snp {

struct Claims {
    hw::snp::AttestationReport report;
    hw::snp::Product product;
    std::string product_name; // as the leaf has it, such as Milan-B0
    std::string csp_id;       // of a VLEK
};

} // namespace attest::snp
