#pragma once

// Whether the values of a policy speak of the evidence at hand. The attester chooses the kind: who
// wrote down which processors count must not be answered with a document of another vendor.

#include "attest/finding.hpp"
#include "attest/kind.hpp"
#include "attest/policy.hpp"

#include <optional>

namespace attest {

// The kind of what is appraised in the end: of evidence that holds other evidence, that of the
// latter, where it can be told.
Kind kind_inside(Kind kind, base::View evidence);

// Why a policy says nothing of the evidence: it sets values for other kinds, and none for this one.
// Nothing where it sets values for this kind, or none at all.
std::optional<Detail> values_of_others(Policy const& policy, Kind kind, base::View evidence);

} // namespace attest
