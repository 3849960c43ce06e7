#pragma once

// The attestation token of an Arm CCA realm. draft-ffm-rats-cca-token-00; RMM specification, A7.2.

#include "attest/cose/sign1.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace attest::cca {

// Both are COSE_Sign1; views point into the token.
struct Collection {
    cose::Sign1 platform;
    cose::Sign1 realm;
    std::size_t platform_offset; // of the COSE_Sign1, in the token
    std::size_t realm_offset;
};

// 3.1: tag 399, or 907 in later drafts, around {44234: platform token, 44241: realm token}.
base::Result<Collection, crypto::Malformed> parse_collection(base::View token);

// 4.6.
struct Component {
    std::string type;           // 1
    base::View measurement;     // 2
    std::string version;        // 4
    base::View signer_id;       // 5
    std::string hash_algorithm; // 6
};

// 4.1 to 4.8.
struct PlatformClaims {
    base::View challenge;              // 10: hash of the realm's key
    base::View instance_id;            // 256
    base::View implementation_id;      // 2396
    base::View configuration;          // 2401
    std::uint64_t lifecycle = 0;       // 2395
    std::string hash_algorithm;        // 2402
    std::vector<Component> components; // 2399
    std::string profile;               // 265
    std::string verification_service;  // 2400
};

// 5.1 to 5.7.
struct RealmClaims {
    base::View challenge;                  // 10
    base::View personalization;            // 44235
    base::View public_key;                 // 44237: a point or a COSE_Key
    base::View initial_measurement;        // 44238
    std::vector<base::View> measurements;  // 44239
    std::string hash_algorithm;            // 44236
    std::string public_key_hash_algorithm; // 44240
    std::string profile;                   // 265
};

base::Result<PlatformClaims, crypto::Malformed> parse_platform(base::View payload);
base::Result<RealmClaims, crypto::Malformed> parse_realm(base::View payload);

// The realm's key, from either of its encodings.
std::optional<crypto::PublicKey> realm_key(base::View encoded);

} // namespace attest::cca
