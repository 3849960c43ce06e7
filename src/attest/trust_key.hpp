#pragma once

// Public keys that a relying party names itself, because no vendor's chain leads to them: for CCA,
// the platform's attestation key (CPAK).

#include "attest/endorsements.hpp"
#include "crypto/public_key.hpp"

#include <optional>

namespace attest {

struct TrustKey {
    crypto::PublicKey key;
    std::string source;
    // Of which platform it is the key; of any where empty.
    std::optional<std::vector<std::byte>> instance_id = {};
    std::optional<std::vector<std::byte>> implementation_id = {};
};

// A public key as JWK (RFC 7517; EC on P-256, P-384 or P-521), or an array of {"pkey": JWK,
// "instance-id": HEX, "implementation-id": HEX}.
base::Result<std::vector<TrustKey>, Unusable>
parse_trust_keys(base::View json, std::string const& source);

// Whether bytes look like one of these: JSON with a "kty".
bool looks_like_trust_keys(base::View bytes);

} // namespace attest
