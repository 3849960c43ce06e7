#pragma once

// Judges an SGX or TDX quote by all rules of rules.hpp.

#include "attest/dcap/claims.hpp"
#include "attest/judge.hpp"
#include "attest/request.hpp"

#include <optional>

namespace attest::dcap {

// The claims count only if the judge finds nothing failed or undecided.
std::optional<Claims> appraise(Judge& judge, Request const& request);

} // namespace attest::dcap
