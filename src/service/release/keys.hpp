#pragma once

// The keys of the service, each for one thing.

#include "crypto/ec_signing_key.hpp"
#include "crypto/ed25519_signing_key.hpp"
#include "crypto/hpke.hpp"
#include "crypto/p256_signing_key.hpp"

#include <vector>

namespace service {

struct ServiceKeys {
    crypto::P256SigningKey grantor; // signs grants: the one that deployments list
    crypto::P384SigningKey ear;     // signs attestation results
    crypto::hpke::Key recipient;    // tenants seal secrets for it
    std::vector<std::byte> tls;     // public key that connections show, SubjectPublicKeyInfo
    crypto::Ed25519PublicKey log{}; // verifies the log, whose origin is the service's name
};

} // namespace service
