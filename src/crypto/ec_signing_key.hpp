#pragma once

// A private key for ECDSA over P-384: made here, read from PEM, written as PKCS#8.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/malformed.hpp"
#include "crypto/wipe.hpp"

#include <memory>
#include <string>
#include <vector>

struct ec_key_st;

namespace crypto {

// Big-endian numbers.
struct P384Signature {
    base::Bytes<48> r;
    base::Bytes<48> s;
};
struct P384Point {
    base::Bytes<48> x;
    base::Bytes<48> y;
};

class P384SigningKey {
public:
    static base::Result<P384SigningKey> generate();
    // One block: "PRIVATE KEY" (PKCS#8, RFC 5958) or "EC PRIVATE KEY" (RFC 5915).
    static base::Result<P384SigningKey, Malformed> parse_pem(base::View text);

    base::Result<SecretBytes> pem() const; // PKCS#8
    P384Point public_point() const;
    std::vector<std::byte> public_key() const; // SubjectPublicKeyInfo
    // ECDSA with SHA-384 and the nonce of RFC 6979: the same message gives the same signature.
    base::Result<P384Signature> sign(base::View message) const;

private:
    explicit P384SigningKey(std::shared_ptr<ec_key_st> key) : key_{std::move(key)} {}

    std::shared_ptr<ec_key_st> key_; // never changed after it was made
};

} // namespace crypto
