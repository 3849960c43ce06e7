#pragma once

// Which certificate signed a document of Intel's.

#include "attest/dcap/collateral.hpp"
#include "attest/path.hpp"

namespace attest::dcap {

struct Signer {
    Link const* link = nullptr; // whose key verifies; the way from it to a root is not yet judged
    bool any = false;           // whether there was any TCB signing certificate to try
};

// Among the endorsements and `pool`; one that is valid at the time comes first.
Signer signer_of(Collateral const& document, Request const& request, std::span<Link const> pool);

} // namespace attest::dcap
