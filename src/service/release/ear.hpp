#pragma once

// The attestation result that goes with a certificate: EAR (draft-ietf-rats-ear-04) of the Keep's
// evidence, and what the service knows of it besides.

#include "attest/provision/attested_channel.hpp"
#include "crypto/ec_signing_key.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace service {

struct EarWish {
    attest::Appraisal const& appraisal;
    attest::provision::AttestedChannel const& channel; // of purpose `ready`
    std::string issuer;                                // name of the service
    std::string policy_id;                             // a URI
    std::string keep;                                  // keep_id, hexadecimal
    std::optional<std::uint64_t> leaf;                 // line of its release in the log
    std::uint64_t lines = 0;                           // of the log, which holds that one
    std::chrono::sys_seconds at;
    std::chrono::sys_seconds not_after;
};

// A JWT with ES384.
base::Result<std::string> ear_of(EarWish const& wish, crypto::P384SigningKey const& key);

// "urn:x-enarx:policy:strict", or of a file by its digest (RFC 6920).
std::string policy_id(std::optional<std::string> const& policy_text);

} // namespace service
