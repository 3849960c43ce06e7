#pragma once

// The rules on the quoting enclave: that it is Intel's, and how current it is.

#include "attest/dcap/quote.hpp"

namespace attest::dcap {

// By its identity, or where none was given by what all of Intel's have in common. The value: what
// the identity says of its version.
std::optional<Standing>
judge_quoting_enclave(Judge& judge, Quote const& quote, Tee tee, EnclaveIdentity const* identity);

} // namespace attest::dcap
