#pragma once

// One line of the attestation service's log: what it has decided, about whom, when. No secret and
// no evidence is in it. A CBOR map with every key:
//
//     1   version, 1
//     2   time, seconds since 1970
//     3   kind: 0 deployment, 1 release, 2 denial, 3 certificate, 4 policy, 5 admin
//     4   deployment: [name, serial, SHA-256 of the signed deployment or null], or null
//     5   keep_id with an empty recipient key, or null
//     6   rule that refused, or what an operator did; or null
//     7   SHA-256 of what was decided on (authenticator, signed message, certificate, policy), or
//     null 8   decision: true: accepted, false: refused

#include "protocol/provision/strict.hpp"

#include <optional>
#include <vector>

namespace protocol::provision {

enum class LogKind : std::uint8_t {
    Deployment = 0,
    Release = 1,
    Denial = 2,
    Certificate = 3,
    Policy = 4,
    Admin = 5,
};

struct LoggedDeployment {
    std::string_view name;
    std::uint64_t serial = 0;                 // 0: the name was asked for and no version was found
    std::optional<base::View> statement = {}; // of a version that was handed out
};

// Views of what was decoded, or of the caller's.
struct LogEntry {
    std::uint64_t time = 0;
    LogKind kind{};
    std::optional<LoggedDeployment> deployment;
    std::optional<base::View> keep_id; // 32 bytes
    std::optional<std::string_view> rule;
    std::optional<base::View> digest; // 32 bytes
    bool accepted = false;
};

// What a release's line says. Its Keep knows all of it, so that it can ask for just this line.
struct Release {
    std::uint64_t time = 0; // also the grant's
    std::string_view deployment;
    std::uint64_t serial = 0;
    base::View statement;     // SHA-256 of the signed deployment
    base::View keep_id;       // with an empty recipient key
    base::View authenticator; // SHA-256 of it: of evidence, key and connection
};
LogEntry entry_of(Release const& release);

std::vector<std::byte> encode(LogEntry const& entry);
// Wrong names the field: "log.kind".
Read<LogEntry> decode_log_entry(base::View bytes);

} // namespace protocol::provision
