#pragma once

// COSE_Sign1 (RFC 9052, 4.2) in the one form of this protocol: ES256, the payload inside, and in
// the protected header what the payload is and whose signature it bears.
//
//     18([protected, {}, payload, signature])
//     protected: {1: -7, 3: type of the payload, 4: SubjectPublicKeyInfo of the signer}
//
// The key is named in full, so that whoever reads it knows the signer by its digest and by nothing
// else; that somebody is trusted to sign is the reader's to say.

#include "protocol/provision/strict.hpp"

#include <vector>

namespace protocol::provision {

inline constexpr std::string_view deployment_type = "application/vnd.enarx.deployment.v1+cbor";
inline constexpr std::string_view grant_type = "application/vnd.enarx.grant.v1+cbor";
inline constexpr std::size_t largest_signed = std::size_t{1} << 20;

struct SignedView {
    base::View header; // protected, as it is encoded
    base::View key;
    base::View payload;
    base::View signature; // r and s, 32 bytes each (RFC 9053, 2.1)
};

// Wrong: "signature.form", "signature.algorithm", "signature.type", "signature.key".
// Whether the signature is one is the caller's to check: of signature_input().
Read<SignedView> decode_signed(base::View bytes, std::string_view type);

std::vector<std::byte> signed_header(std::string_view type, base::View key);
// Sig_structure (RFC 9052, 4.4), without external data.
std::vector<std::byte> signature_input(base::View header, base::View payload);
std::vector<std::byte> encode_signed(base::View header, base::View payload, base::View signature);

} // namespace protocol::provision
