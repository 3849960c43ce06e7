#pragma once

// The rules on an SGX enclave.

#include "attest/judge.hpp"
#include "hw/sgx/report.hpp"

namespace attest::dcap {

// With findings for all of rules::sgx; `offset`: of the report in the quote.
void judge_enclave(Judge& judge, hw::sgx::ReportBody const& report, std::size_t offset);

bool reserved_zero(hw::sgx::ReportBody const& report);

} // namespace attest::dcap
