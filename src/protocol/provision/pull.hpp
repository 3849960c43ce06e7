#pragma once

// What passes between a Keep and the service that it was told to ask (pull): bodies of HTTP
// requests and answers, on one TLS connection of which the Keep is the client. Each is a CBOR map
// with every key.

#include "protocol/provision/binding.hpp"
#include "protocol/provision/strict.hpp"

#include <vector>

namespace protocol::provision {

inline constexpr std::string_view cbor_type = "application/cbor"; // RFC 8949, 9.4
inline constexpr std::size_t largest_pull_body = std::size_t{256} << 10;

// Keep, POST /v1/attest/challenge:
//     1  versions that it speaks, at most 16
//     2  name of the deployment that its host ordered
struct ChallengeWish {
    std::vector<std::uint64_t> versions{version};
    std::string_view name;
};
std::vector<std::byte> encode(ChallengeWish const& wish);
Read<ChallengeWish> decode_challenge_wish(base::View body);

// The answer:
//     1  version that both speak
//     2  suite of the recipient key that has to be in the binding
//     3  authenticator request, for this connection and one answer
struct Challenge {
    std::uint64_t version = 0;
    std::uint8_t suite = 0;
    base::View request;
};
std::vector<std::byte> encode(Challenge const& challenge);
Read<Challenge> decode_challenge(base::View body);

// Keep, POST /v1/attest, /v1/attest/ready and /v1/renew:
//     1  authenticator
//     2  binding
//     3  endorsements, hints, at most 16
struct Attestation {
    base::View authenticator;
    base::View binding;
    std::vector<base::View> endorsements;
};
std::vector<std::byte> encode(Attestation const& attestation);
Read<Attestation> decode_attestation(base::View body);

// The answer of /v1/attest:
//     1  the grant, sealed for the recipient key of the binding
struct Granted {
    base::View grant;
};
std::vector<std::byte> encode(Granted const& granted);
Read<Granted> decode_granted(base::View body);

// The answer of /v1/attest/ready and /v1/renew:
//     1  certificates in DER, the Keep's own first, each issued by the next; the root not among
//        them
//     2  EAR as JWT
//     3  not after (seconds since 1970)
//     4  when to ask for the next one
struct Certified {
    std::vector<base::View> chain;
    std::string_view ear;
    std::uint64_t not_after = 0;
    std::uint64_t renew_at = 0;
};
std::vector<std::byte> encode(Certified const& certified);
Read<Certified> decode_certified(base::View body);

} // namespace protocol::provision
