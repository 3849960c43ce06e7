#pragma once

// Between the attestation service and `enarx-signer`, which holds the authority's key in a token
// (PKCS #11): one question at a time, on a socket that only the two have.
//
// A message is a length (four bytes, big-endian: of all that follows), a kind (one byte) and a
// body.

#include "base/view.hpp"
#include "base/wire.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace protocol::signer {

enum class Kind : std::uint8_t {
    AskKey = 1,    // empty
    AskSign = 2,   // a certificate or revocation list as it is to be signed (RFC 5280), DER
    Key = 3,       // the point of the public key: x and y
    Signature = 4, // r and s
    Refusal = 5,   // "failure-name: text"
};

inline constexpr std::size_t head_size = 5;
// Of a body: a revocation list of some hundred thousand certificates.
inline constexpr std::size_t largest_body = std::size_t{4} << 20;
inline constexpr std::size_t largest_answer = 1024;

inline constexpr std::size_t point_size = 96; // x and y on P-384
inline constexpr std::size_t signature_size = 96;

struct Head {
    Kind kind = Kind::AskKey;
    std::size_t body = 0;
};

// Nothing: no such message, or one of more than `most` bytes.
std::optional<Head> decode_head(base::Bytes<head_size> const& bytes, std::size_t most);
std::vector<std::byte> encode(Kind kind, base::View body);

struct Refusal {
    std::string name; // of a failure
    std::string text;
};
std::vector<std::byte> encode(Refusal const& refusal);
std::optional<Refusal> decode_refusal(base::View body);

// A public key on P-384 as certificates hold it (SubjectPublicKeyInfo, RFC 5480): what stands
// before its point.
inline constexpr std::array<std::uint8_t, 24> key_info_begin{
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, // ecPublicKey
    0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04, // secp384r1
};
std::vector<std::byte> key_info(base::View point);

} // namespace protocol::signer
