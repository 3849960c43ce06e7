#pragma once

// A private key for Ed25519 (RFC 8032): made here, read from PEM, written as PKCS#8.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/malformed.hpp"
#include "crypto/wipe.hpp"

#include <memory>

struct evp_pkey_st;

namespace crypto {

using Ed25519PublicKey = base::Bytes<32>;
using Ed25519Signature = base::Bytes<64>;

class Ed25519SigningKey {
public:
    static base::Result<Ed25519SigningKey> generate();
    // The private key of RFC 8032, 5.1.5: 32 bytes, else Errno::Inval.
    static base::Result<Ed25519SigningKey> from_seed(base::View seed);
    // One block "PRIVATE KEY" (PKCS#8; RFC 8410, 7).
    static base::Result<Ed25519SigningKey, Malformed> parse_pem(base::View text);

    base::Result<SecretBytes> pem() const; // PKCS#8
    Ed25519PublicKey public_key() const;
    base::Result<Ed25519Signature> sign(base::View message) const;

private:
    explicit Ed25519SigningKey(std::shared_ptr<evp_pkey_st> key) : key_{std::move(key)} {}

    std::shared_ptr<evp_pkey_st> key_; // never changed after it was made
};

// Whether `signature` is one of `message` by this public key of 32 bytes.
bool verified_ed25519(base::View public_key, base::View message, base::View signature);

} // namespace crypto
