#pragma once

// What a Keep's evidence binds when it is provisioned, and when it is asked what it runs: the
// connection, its keys, and in the end its workload.
//
// The report data are SHA-512 of a purpose and these bytes, a CBOR map in core deterministic
// encoding with every key, in this order:
//
//     1   version of the protocol, 1
//     2   suite: 1, 2 (crypto/hpke.hpp)
//     3   which end of the TLS connection the Keep is: 0 server, 1 client
//     4   identity key of the Keep, SubjectPublicKeyInfo
//     5   recipient key of the Keep, for one grant; empty once it has had one
//     6   binder: Hash(identity key || Exporter("Attestation", context of the request, 32))
//     7   SHA-256 of the peer's SubjectPublicKeyInfo as the Keep saw it, or null
//     8   SHA-256 of what the host ordered at the start
//     9   instance: 16 random bytes of this Keep
//     20  workload digest                          \.
//     21  configuration digest                      |
//     22  tenant: SHA-256 of the key that signed    |  only where the purpose is `ready`
//     23  package: SHA-256 of its manifest          |
//     24  deployment: [name, serial]               /

#include "protocol/evidence/purpose.hpp"
#include "protocol/provision/strict.hpp"

#include <optional>
#include <vector>

namespace protocol::provision {

inline constexpr std::uint64_t version = 1;

// Those of protocol/evidence/purpose.hpp that a Keep has while it is provisioned.
enum class Purpose : std::uint8_t { Provision, Ready };
constexpr evidence::Purpose evidence_purpose(Purpose purpose) {
    return purpose == Purpose::Provision ? evidence::Purpose::Provision : evidence::Purpose::Ready;
}
constexpr std::string_view text_of(Purpose purpose) {
    return evidence::text_of(evidence_purpose(purpose));
}

// The protocol in ALPN by which a user asks a Keep, on its application's own port, what it runs.
inline constexpr std::string_view ready_alpn = "enarx-ready/1";

enum class End : std::uint8_t { Server = 0, Client = 1 };

inline constexpr std::size_t largest_identity_key = 128;
inline constexpr std::size_t largest_recipient_key = 1216;
inline constexpr std::size_t largest_name = 128; // of a deployment

// What a Keep has taken in, checked, and not yet or now started.
struct Loaded {
    base::View workload;
    base::View configuration;
    base::View tenant;
    base::View package;
    std::string_view deployment;
    std::uint64_t serial = 0;
};

// Views of the caller's bytes, or of those that were decoded.
struct Binding {
    std::uint8_t suite = 0;
    End end = End::Server;
    base::View identity_key;
    base::View recipient_key; // empty where the purpose is `ready`
    base::View binder;        // as long as the hash of the cipher suite
    std::optional<base::View> peer;
    base::View orders;
    base::View instance;
    std::optional<Loaded> loaded; // says which purpose it is

    Purpose purpose() const { return loaded ? Purpose::Ready : Purpose::Provision; }
};

std::vector<std::byte> encode(Binding const& binding);
Read<Binding> decode_binding(base::View bytes);

// The bytes whose SHA-512 are the report data.
std::vector<std::byte> report_data_input(Purpose purpose, base::View binding);
// The bytes whose SHA-256 name the Keep.
std::vector<std::byte> keep_id_input(base::View identity_key, base::View recipient_key);

// [a-z0-9./-], 1 to 128 of them.
bool is_deployment_name(std::string_view text);
Read<std::string_view> read_deployment_name(Strict& in, std::string_view field);

} // namespace protocol::provision
