#pragma once

// The rules on a trust domain.

#include "attest/dcap/claims.hpp"
#include "attest/judge.hpp"

namespace attest::dcap {

// With findings for all of rules::tdx but those on the TDX module; `offset`: of the report in the
// quote.
void judge_domain(Judge& judge, TdBody const& body, std::size_t offset);

} // namespace attest::dcap
