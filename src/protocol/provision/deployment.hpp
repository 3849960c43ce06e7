#pragma once

// What a tenant signs once for each version of what is to run: which package and workload, who may
// hand it to Keeps, and what it needs. The payload of a COSE_Sign1 (signed.hpp), a CBOR map with
// every key:
//
//     1   version, 1
//     2   name, [a-z0-9./-]{1,128}
//     3   serial, rising with each version of a name, from 1
//     4   package: SHA-256 of its manifest
//     5   workload digest
//     6   configuration digest
//     7   evidence: [SHA-256 of the policy file, or null for the built-in one, [measurements]]
//     8   grantors: SHA-256 of the SubjectPublicKeyInfo of each that may grant
//     9   secrets: [[name, place, where]], place 0: a file below /run/secrets, 1: a variable
//     10  volumes: none in this version
//     11  certificate: [[DNS names], hours]
//     12  [replicas at most, not after (seconds since 1970) or null]
//     13  hardware: true: required; false: a Keep without is taken, too
//     14  log: [origin, Ed25519 public key] of the log that has to have a line of each release
//     before
//         a Keep takes it; null: no log has to

#include "protocol/provision/strict.hpp"

#include <optional>
#include <vector>

namespace protocol::provision {

// The policy file that every service has, for deployments that ask for no more than authentic
// evidence: they name this text's SHA-256.
inline constexpr std::string_view authentic_policy = "base = \"authentic\"\n";

enum class Place : std::uint8_t { File = 0, Variable = 1 };

struct SecretPlace {
    std::string_view name;
    Place place{};
    std::string_view where; // a file name, or that of a variable
};

// A log, as its checkpoints are verified (docs/protocol/log.md).
struct LogKey {
    std::string_view origin;
    base::View key;
};

// Views of what was decoded, or of the caller's.
struct Deployment {
    std::string_view name;
    std::uint64_t serial = 0;
    base::View package;
    base::View workload;
    base::View configuration;
    std::optional<base::View> policy;
    std::vector<base::View> measurements;
    std::vector<base::View> grantors;
    std::vector<SecretPlace> secrets; // ascending by name
    std::vector<std::string_view> dns_names;
    std::uint64_t certificate_hours = 24;
    std::uint64_t replicas = 1;
    std::optional<std::uint64_t> not_after;
    bool hardware = true;
    std::optional<LogKey> log = {};
};

inline constexpr std::uint64_t most_secrets = 64;
inline constexpr std::size_t longest_secret_name = 64;
inline constexpr std::uint64_t most_certificate_hours = 168;

std::vector<std::byte> encode(Deployment const& deployment);
// Wrong names the field: "deployment.serial".
Read<Deployment> decode_deployment(base::View payload);

// [A-Za-z_][A-Za-z0-9_]{0,63}: a secret's name, and that of a variable.
bool is_secret_name(std::string_view text);

} // namespace protocol::provision
