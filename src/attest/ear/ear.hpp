#pragma once

// EAR: an appraisal as an attestation result that other programs read, draft-ietf-rats-ear-04, a
// profile of EAT (RFC 9711). As JSON, and signed as JWT (RFC 7519, 7515) or CWT (RFC 8392, 9052)
// with ES384.

#include "attest/result/claims.hpp"
#include "attest/result/trust_vector.hpp"
#include "crypto/ec_signing_key.hpp"

#include <chrono>
#include <string>

namespace attest::result {

struct EarContext {
    std::string developer; // who made the verifier, and which one it is
    std::string build;
    std::string policy_id;       // a URI
    std::chrono::sys_seconds at; // the time that was judged by
    // The single-use data that were asked for; nothing where none were.
    std::optional<std::vector<std::byte>> nonce;
};

// The claims set. What the evidence says stands in it only where it was accepted.
Json ear_json(Appraisal const& appraisal, EarContext const& context);

// JWS in compact form.
base::Result<std::string> ear_jwt(Json const& ear, crypto::P384SigningKey const& key);

// COSE_Sign1, tagged, of the core claims under their numbers: those that ear_json() has, without
// what it quotes from evidence and findings.
base::Result<std::vector<std::byte>>
ear_cwt(Appraisal const& appraisal, EarContext const& context, crypto::P384SigningKey const& key);

} // namespace attest::result
