#pragma once

// The claims of an attestation result (EAR) in the words of its JSON form, whichever form it has:
// draft-ietf-rats-ear-04, 3; RFC 9711.

#include "attest/inspect/description.hpp"
#include "base/result.hpp"

namespace attest::inspect {

// Whether bytes are COSE_Sign1 around a map with the claims of an EAR.
bool looks_like_ear_cwt(base::View bytes);

// The claims set of a CWT. A claim without a name here keeps its number as its name.
base::Result<Json, crypto::Malformed> claims_of_cwt(base::View payload);

// The claims set of a JWT.
base::Result<Json, crypto::Malformed> claims_of_jwt(base::View payload);

// Whether what an EAR must have is there.
void check_ear(Description& out, Json const& claims);

} // namespace attest::inspect
