#pragma once

// X-Wing, the key encapsulation of ML-KEM-768 and X25519 together: who breaks one of them has
// nothing (draft-connolly-cfrg-xwing-kem; MLKEM768-X25519 of draft-ietf-hpke-pq).

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"

namespace crypto::x_wing {

inline constexpr std::size_t private_size = 32; // the seed of both keys
inline constexpr std::size_t public_size = 1184 + 32;
inline constexpr std::size_t encapsulated_size = 1088 + 32;

using PrivateKey = base::Bytes<private_size>;
using PublicKey = base::Bytes<public_size>;
using Encapsulated = base::Bytes<encapsulated_size>;
using SharedSecret = base::Bytes<32>;

// Errno::NoMem: no memory.
base::Result<PublicKey> public_key(PrivateKey const& key);

// A fresh secret for the owner of `to`. Errno::Inval: `to` is no key.
struct Fresh {
    SharedSecret secret;
    Encapsulated encapsulated;
};
base::Result<Fresh> encapsulate(PublicKey const& to);

// Whatever is no encapsulation for this key gives a secret that nobody else has; one whose X25519
// half holds no key at all is Errno::Inval.
base::Result<SharedSecret> decapsulate(PrivateKey const& key, Encapsulated const& encapsulated);

} // namespace crypto::x_wing
