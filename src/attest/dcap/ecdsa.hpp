#pragma once

// ECDSA signatures as Intel's structures hold them, turned into the form that certificates have.

#include "base/view.hpp"

#include <vector>

namespace attest::dcap {

// r and s, big-endian, 32 bytes each, as an Ecdsa-Sig-Value (RFC 3279, 2.2.3) in DER.
std::vector<std::byte> der_signature(base::View r_and_s);

} // namespace attest::dcap
