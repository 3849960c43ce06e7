#pragma once

// What the key in the token signs: certificates and lists as the attestation service issues them,
// and nothing that a service which was broken into could make an authority of its own with.

#include "base/view.hpp"
#include "os/failure.hpp"

namespace signer {

enum class Issues : unsigned char {
    Authorities, // a root: itself, and intermediates that only issue leaves, for a year
    Leaves,      // an intermediate: certificates for TLS that sign no others, and revocation lists
};

// `content`: what is to be signed. `key`: the point of the key that is to sign it. Failure
// signer-refused.
os::OrFailure<void> check(base::View content, Issues issues, base::View key);

} // namespace signer
