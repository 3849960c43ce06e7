#pragma once

// The rules on what Intel's documents say of quoting enclave, TDX module and platform.

#include "attest/dcap/documents.hpp"

namespace attest::dcap {

// With findings for the rules on the quoting enclave, on the TDX module and on the TCB.
Tcb judge_tcb(Judge& judge, Quote const& quote, Pck const& pck, Documents const& documents);

// The rules on the platform that need no document.
void judge_platform(Judge& judge, Pck const& pck);

} // namespace attest::dcap
