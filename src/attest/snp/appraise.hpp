#pragma once

// Judges an SEV-SNP report by all rules of rules.hpp.

#include "attest/chain.hpp"
#include "attest/revocation.hpp"
#include "attest/snp/claims.hpp"

#include <optional>

namespace attest::snp {

// The claims count only if the judge finds nothing failed or undecided.
std::optional<Claims> appraise(Judge& judge, Request const& request);

// A certificate of AMD alone: ASK, ASVK, VCEK or VLEK.
void appraise_certificate(
    Judge& judge, Request const& request, Sourced<crypto::Certificate> const& certificate
);

} // namespace attest::snp
