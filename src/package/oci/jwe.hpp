#pragma once

// A JWE in JSON (RFC 7516, 7.2), flattened or for several, as ocicrypt wraps the key of a layer for
// each of those who may read the image.

#include "crypto/unwrapping_key.hpp"
#include "package/oci/manifest.hpp"

namespace package::oci {

inline constexpr std::size_t largest_jwe = std::size_t{64} << 10;

struct Jwe {
    std::string protected_header;               // as it stands there: it is authenticated so
    std::vector<crypto::WrappedKey> recipients; // those of an algorithm that is known here
    std::vector<std::byte> nonce;
    std::vector<std::byte> ciphertext;
    std::vector<std::byte> tag;
};

// Wrong names "jwe.recipients".
Read<Jwe> decode_jwe(base::View json);
// Errno::BadMsg: it is for none that holds this key.
base::Result<crypto::SecretBytes> open(Jwe const& jwe, crypto::UnwrappingKey const& key);

} // namespace package::oci
