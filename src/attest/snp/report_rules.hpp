#pragma once

// The rules that look at a report's fields alone; appraise.cpp has those on the leaf and its chain.

#include "attest/judge.hpp"
#include "attest/request.hpp"
#include "attest/snp/leaf.hpp"

namespace attest::snp {

using hw::snp::AttestationReport;

// By AMD's table of processor families (PPR volumes): family 19h models 0-Fh Milan, 10h-1Fh and
// A0h-AFh Genoa and its kin, family 1Ah models 0-1Fh Turin.
std::optional<Product> product_of(std::uint8_t family, std::uint8_t model);

// Whether the report has the form that its version has; nothing else may be read before.
bool judge_form(Judge& judge, AttestationReport const& report);
// The product by CPUID, or nothing where the version has none (version 2).
bool judge_product(Judge& judge, AttestationReport const& report, Product of_leaf);
void judge_reserved(Judge& judge, AttestationReport const& report, Product product);
void judge_firmware(Judge& judge, AttestationReport const& report, Product product);
void judge_policy(Judge& judge, AttestationReport const& report);
void judge_platform(Judge& judge, AttestationReport const& report);
void judge_identity(Judge& judge, AttestationReport const& report, Leaf const& leaf);

} // namespace attest::snp
