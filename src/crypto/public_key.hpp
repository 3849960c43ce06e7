#pragma once

// A public key that verifies: ECDSA over P-256, P-384 and P-521, RSA from 2048 to 8192 bits.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"
#include "crypto/signature_algorithm.hpp"

#include <memory>

struct evp_pkey_st;

namespace crypto {

enum class KeyKind : std::uint8_t { P256, P384, P521, Rsa };

// r and s of an ECDSA signature, big-endian, at most as long as the curve's order.
struct EcdsaSignature {
    base::View r;
    base::View s;
};

class PublicKey {
public:
    // A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) and nothing behind it.
    static base::Result<PublicKey, Malformed> parse(base::View spki);
    // An uncompressed point without its leading 4: x and y, big-endian.
    static base::Result<PublicKey, Malformed> from_point(KeyKind curve, base::View x_and_y);

    KeyKind kind() const { return kind_; }

    // Whether `signature`, in the form that certificates hold, is one of `message`.
    bool verify(SignatureAlgorithm algorithm, base::View message, base::View signature) const;
    // The same for r and s as they are; the key must be one of ECDSA.
    bool verify(Hash hash, base::View message, EcdsaSignature const& signature) const;

private:
    PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind) : key_{std::move(key)}, kind_{kind} {}
    static base::Result<PublicKey, Malformed> adopt(evp_pkey_st* key);

    std::shared_ptr<evp_pkey_st> key_; // never changed after it was made
    KeyKind kind_;
};

} // namespace crypto
