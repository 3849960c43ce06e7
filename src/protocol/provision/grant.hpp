#pragma once

// What makes an empty Keep a tenant's: one unit, signed by a grantor, sealed for the recipient key
// of one Keep. The payload of a COSE_Sign1 (signed.hpp), a CBOR map with every key:
//
//     1   deployment: the whole COSE_Sign1 of the tenant
//     2   keep_id of the Keep that it is for
//     3   report data of the evidence that the grantor accepted
//     4   data encryption key of the package, 32 bytes, or null for a plain package
//     5   secrets: {name: bytes}, exactly the names of the deployment, ascending
//     6   volumes: none in this version
//     7   authorities: certificates that the Keep trusts towards other Keeps, DER
//     8   time of the grantor, seconds since 1970: the Keep's clock is not before it; 0: not said
//     9   log: [checkpoint, proof of inclusion (crypto/inclusion_proof.hpp)] of this release's
//     line, or
//         null: exactly where the deployment names a log
//     10  sources: registries that have the package's blobs: [[address of the repository
//         ("https://host:port/shop/api"), "user:password" or null, authorities (PEM) or null]]
//
// Before it is sealed it is padded: its length (4 bytes, big-endian), it, and zeros up to a
// multiple of 4 KiB, so that lengths tell little of secrets.

#include "protocol/provision/strict.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace protocol::provision {

// What HPKE takes as `info`, before the report data.
inline constexpr std::string_view grant_info = "enarx/v1/grant";
inline constexpr std::size_t largest_grant = std::size_t{1} << 20; // sealed
inline constexpr std::size_t padding_step = 4096;

// A signed checkpoint, and what leads from this release's line to its root.
struct Log {
    std::string_view checkpoint;
    base::View proof;
};

// Nobody is told who asks where anybody on the way may read it: credentials go with https alone.
struct Source {
    std::string_view repository;
    std::optional<std::string_view> credentials;
    std::optional<std::string_view> authorities; // of the registry's certificate; none: the usual
};

// Of a package of ours one key; of an image that others encrypted key and nonce for each of its
// layers, one behind the other. Which of them a package wants, its manifest says, and not the
// grant.
inline constexpr std::size_t package_key_size = 32;
inline constexpr std::size_t layer_key_size = 48;
inline constexpr std::size_t most_layer_keys = 64;
constexpr bool is_package_key_size(std::size_t size) {
    return size == package_key_size ||
           (size != 0 && size % layer_key_size == 0 && size / layer_key_size <= most_layer_keys);
}

struct Grant {
    base::View deployment;
    base::View keep_id;
    base::View report_data;
    std::optional<base::View> package_key; // none of a plain package
    std::vector<std::pair<std::string_view, base::View>> secrets;
    std::vector<base::View> authorities;
    std::uint64_t time = 0;
    std::optional<Log> log;
    std::vector<Source> sources;
};

std::vector<std::byte> encode(Source const& source);
Read<Source> decode_source(base::View source); // "grant.sources"

std::vector<std::byte> encode(Grant const& grant);
// Wrong names the field: "grant.secrets".
Read<Grant> decode_grant(base::View payload);

std::vector<std::byte> info_of_grant(base::View report_data);
std::vector<std::byte> padded(base::View bytes);
Read<base::View> unpadded(base::View bytes); // "grant.padding"

} // namespace protocol::provision
