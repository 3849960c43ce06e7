#pragma once

// Appraises the attestation token of an Arm CCA realm.

#include "attest/cca/token.hpp"
#include "attest/judge.hpp"
#include "attest/request.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::cca {

// cca-platform-sw-components, one of them.
struct SoftwareComponent {
    std::string type;
    std::vector<std::byte> measurement;
    std::string version;
    std::vector<std::byte> signer_id;
    std::string hash_algorithm;
};

// What an accepted token says.
struct Claims {
    std::string platform_profile;
    std::vector<std::byte> platform_challenge;
    std::vector<std::byte> platform_configuration;
    std::string platform_hash_algorithm;
    std::string platform_verification_service;
    std::vector<SoftwareComponent> platform_software;
    std::string realm_profile;
    std::string realm_hash_algorithm;
    std::vector<std::byte> realm_public_key;
    std::string realm_public_key_hash_algorithm;
    std::vector<std::byte> platform_instance_id;
    std::vector<std::byte> platform_implementation_id;
    std::uint64_t platform_lifecycle = 0;
    std::string platform_key_source; // which of the keys that were given
    std::vector<std::byte> realm_challenge;
    std::vector<std::byte> realm_personalization_value;
    std::vector<std::byte> realm_initial_measurement;
    std::vector<std::vector<std::byte>> realm_extensible_measurements;
};

std::optional<Claims> appraise(Judge& judge, Request const& request);

// What a token says, whoever signed it. `key_source`: where the platform's key came from.
Claims claims_of(PlatformClaims const& platform, RealmClaims const& realm, std::string key_source);

// Whether bytes begin as such a token does: a tag around a map whose first key is 44234.
bool looks_like(base::View evidence);

} // namespace attest::cca
