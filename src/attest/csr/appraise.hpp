#pragma once

// Judges a certification request of Enarx, and the evidence inside by the rules of its technology.

#include "attest/csr/claims.hpp"
#include "attest/judge.hpp"
#include "attest/request.hpp"

#include <optional>

namespace attest::csr {

// The claims count only if the judge finds nothing failed or undecided.
std::optional<Claims> appraise(Judge& judge, Request const& request);

} // namespace attest::csr
