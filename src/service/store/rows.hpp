#pragma once

// What the attestation service remembers, row by row, whatever database holds it. Times are seconds
// since 1970 as the service's clock has them.

#include "base/view.hpp"
#include "base/wire.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace service {

using Digest = base::Bytes<32>; // SHA-256
using Blob = std::vector<std::byte>;

// A leaf's number in the log, from 0.
using LeafIndex = std::uint64_t;

struct DeploymentRow {
    std::string name;
    std::uint64_t serial = 0;          // rises with each version of a name
    Blob statement;                    // the whole COSE_Sign1 of the tenant
    Digest tenant{};                   // SHA-256 of the SubjectPublicKeyInfo that signed it
    std::optional<std::string> policy; // the text of the policy file that it names
    std::uint64_t time = 0;            // when it was published
    std::optional<std::uint64_t> withdrawn_at =
        {}; // set by withdraw() for all versions of the name
};

// Under which name a sealed value is kept; a value opens under no other (seal/sealer.hpp).
enum class SealedKind : std::uint8_t {
    PackageKey = 1, // of a deployment; `secret` is empty
    Secret = 2,     // of a deployment
    ServiceKey = 3, // the service's own; `name` says which, serial 0, `secret` empty
};

struct SealedName {
    SealedKind kind = SealedKind::PackageKey;
    std::string name;
    std::uint64_t serial = 0;
    std::string secret = {};

    auto operator<=>(SealedName const&) const = default;
};

using KekId = base::Bytes<8>;

struct SealedValue {
    KekId kek{};
    Blob sealed;
};

struct SealedRow {
    SealedName name;
    SealedValue value;
};

// A Keep that was granted to.
struct ReleaseRow {
    Digest keep_id{};
    std::string deployment;
    std::uint64_t serial = 0;
    base::Bytes<16> instance{};
    Digest tenant{};
    std::string kind; // of evidence: "snp", "tdx", "sgx", "none"
    std::uint64_t time = 0;
    std::uint64_t not_after = 0; // until then it counts as alive; each certificate moves it on
    std::optional<std::uint64_t> revoked_at = {}; // set by revoke()
    std::optional<LeafIndex> leaf = {}; // set by release(): its line; not known of older stores
};

struct CertificateRow {
    Blob serial; // of the certificate, at most 20 bytes (RFC 5280, 4.1.2.2)
    Digest keep_id{};
    std::uint64_t time = 0; // when it was issued
    std::uint64_t not_after = 0;
    std::optional<std::uint64_t> revoked_at = {};
};

struct LeafRow {
    LeafIndex index = 0;
    Digest hash{}; // of the leaf (RFC 6962, 2.1)
    Blob entry;
};

inline constexpr std::size_t largest_entry = 4096; // bytes of a leaf
inline constexpr std::size_t largest_statement = std::size_t{64} << 10;
inline constexpr std::size_t largest_policy = std::size_t{256} << 10;
inline constexpr std::size_t largest_sealed = std::size_t{1} << 20;
inline constexpr std::size_t longest_name = 128;

} // namespace service
