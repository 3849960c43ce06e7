#pragma once

// What a tenant and the service say to each other about a deployment, each the payload of a
// COSE_Sign1 (signed.hpp): who says it, its signature tells, on whatever connection it came.

#include "protocol/provision/strict.hpp"

#include <optional>
#include <vector>

namespace protocol::provision {

inline constexpr std::string_view service_type = "application/vnd.enarx.service.v1+cbor";
inline constexpr std::string_view entrust_type = "application/vnd.enarx.entrust.v1+cbor";
inline constexpr std::string_view withdraw_type = "application/vnd.enarx.withdraw.v1+cbor";
inline constexpr std::size_t largest_secret = std::size_t{64} << 10;

// Of the service, signed with the key by which it grants:
//     1  version, 1
//     2  suite of the key
//     3  key that secrets are sealed for
struct ServiceKeys {
    std::uint8_t suite = 0;
    base::View recipient_key;
};
std::vector<std::byte> encode(ServiceKeys const& keys);
Read<ServiceKeys> decode_service_keys(base::View payload);

// Of the tenant: a secret, the package's key, or a registry that has the package, of one version of
// a deployment.
//     1  version, 1
//     2  name of the deployment
//     3  its serial
//     4  name of the secret; null: the package's key; "@registry": a source (grant.hpp)
//     5  the value, sealed for the service
inline constexpr std::string_view registry_value = "@registry"; // no secret has such a name
struct Entrust {
    std::string_view name;
    std::uint64_t serial = 0;
    std::optional<std::string_view> secret;
    base::View sealed;
};
std::vector<std::byte> encode(Entrust const& entrust);
Read<Entrust> decode_entrust(base::View payload);
// What HPKE takes as `info` when it seals the value: it opens under no other name, and for no other
// tenant. `tenant`: SHA-256 of the key that signs the message.
std::vector<std::byte> info_of_entrust(Entrust const& entrust, base::View tenant);

// Of the tenant: no version of this name is handed out any more, for ever.
//     1  version, 1
//     2  name
struct Withdraw {
    std::string_view name;
};
std::vector<std::byte> encode(Withdraw const& withdraw);
Read<Withdraw> decode_withdraw(base::View payload);

} // namespace protocol::provision
