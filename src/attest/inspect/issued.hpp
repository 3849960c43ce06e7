#pragma once

// Whether a certificate, list or document descends from a built-in root, as checks.

#include "attest/inspect/companions.hpp"
#include "attest/path.hpp"

namespace attest::inspect {

// "signature" for the certificate itself, "chain" for the rest of the way to a built-in root.
void check_issued(
    Description& out, Link const& certificate, Request const& request, std::string const& prefix
);

// Nobody of that name is known. An authority that is called almost like a known one is a failure:
// a damaged name, or one that is meant to deceive.
void unknown_issuer(
    Description& out, base::View name, Request const& request, std::string const& check
);

// The same for signed bytes, with the certificate of who should have signed them. `place`: of the
// signature.
void check_signed_by(
    Description& out,
    crypto::Signed const& signed_part,
    Link const* signer,
    Request const& request,
    Place place
);

} // namespace attest::inspect
