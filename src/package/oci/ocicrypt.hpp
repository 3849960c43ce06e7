#pragma once

// Layers that others encrypted, in the form of ocicrypt, as `skopeo copy --encryption-key` writes
// them: AES-256 in counter mode, whose one HMAC over all of the ciphertext stands in an annotation
// of the layer. Key and nonce are wrapped in other annotations, for whoever is to read the image;
// a Keep has no key for those, and gets what is in them by its grant.
//
//     org.opencontainers.image.enc.pubopts   base64 of {"cipher", "hmac", "cipheroptions": {}}
//     org.opencontainers.image.enc.keys.jwe  base64 of a JWE each, with commas between them, of
//                                            {"symkey", "digest", "cipheroptions": {"nonce"}}

#include "crypto/ctr_hmac.hpp"
#include "package/oci/blobs.hpp"

#include <functional>

namespace package::oci {

// A layer's key and nonce in a grant.
inline constexpr std::size_t ocicrypt_key_size = crypto::CtrCode::key_size;
inline constexpr std::size_t most_wrapped_keys = 16; // of one layer

// `text`: the annotation. Wrong names "manifest.layers.pubopts.cipher".
Read<OcicryptSeal> decode_public_options(std::string_view text);
std::string encode(OcicryptSeal const& seal);

// What is wrapped, decrypted: key and nonce in one. Wrong names "options.symkey".
Read<crypto::SecretBytes> decode_private_options(base::View json);
// `text`: the annotation; each part of it is a JWE. Wrong names "manifest.layers.keys".
Read<std::vector<std::vector<std::byte>>> decode_wrapped_keys(std::string_view text);

// The layer's text, piece by piece to `feed`: after all of the ciphertext was there once and was
// what its digest and its HMAC say. It is then fetched again, and each piece has to be the same.
OrFailed<void> open_ocicrypt(
    Blobs& blobs,
    Descriptor const& layer,
    OcicryptSeal const& seal,
    base::View key,
    std::function<OrFailed<void>(base::View)> const& feed
);

} // namespace package::oci
