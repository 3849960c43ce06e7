#pragma once

// A private key for ECDSA over P-256 with SHA-256 (ES256 of COSE and JOSE): made here, read from
// PEM, written as PKCS#8.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/malformed.hpp"
#include "crypto/wipe.hpp"

#include <memory>
#include <vector>

struct evp_pkey_st;

namespace crypto {

using Es256Signature = base::Bytes<64>; // r and s, big-endian (RFC 9053, 2.1)

class P256SigningKey {
public:
    static base::Result<P256SigningKey> generate();
    // One block: "PRIVATE KEY" (PKCS#8, RFC 5958) or "EC PRIVATE KEY" (RFC 5915).
    static base::Result<P256SigningKey, Malformed> parse_pem(base::View text);

    base::Result<SecretBytes> pem() const;     // PKCS#8
    std::vector<std::byte> public_key() const; // SubjectPublicKeyInfo
    base::Result<Es256Signature> sign(base::View message) const;
    evp_pkey_st* get() const { return key_.get(); } // for TLS (tls_credential.hpp)

private:
    explicit P256SigningKey(std::shared_ptr<evp_pkey_st> key) : key_{std::move(key)} {}

    std::shared_ptr<evp_pkey_st> key_; // never changed after it was made
};

// The same signature as certificates and cosign hold it: a SEQUENCE of two INTEGERs (RFC 3279,
// 2.2.3).
std::vector<std::byte> der_of(Es256Signature const& signature);

// Whether `signature` is one of `message` by the key in this SubjectPublicKeyInfo, on P-256.
bool verified_es256(base::View public_key, base::View message, base::View signature);

} // namespace crypto
