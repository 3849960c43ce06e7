#pragma once

// A private key of RSA with 3072 bits and the exponent 3, as SGX wants it for enclaves: made here,
// read from PEM, written as PKCS#1.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/malformed.hpp"
#include "crypto/public_key.hpp"
#include "crypto/wipe.hpp"

#include <memory>
#include <string>

namespace crypto {

using Rsa3072Number = base::Bytes<384>; // big-endian

class Rsa3072SigningKey {
public:
    static base::Result<Rsa3072SigningKey> generate();
    // One block: "PRIVATE KEY" (PKCS#8) or "RSA PRIVATE KEY" (PKCS#1).
    static base::Result<Rsa3072SigningKey, Malformed> parse_pem(base::View text);

    base::Result<SecretBytes> pem() const; // PKCS#1
    Rsa3072Number modulus() const;
    // PKCS#1 v1.5 with SHA-256: the same message gives the same signature.
    base::Result<Rsa3072Number> sign(base::View message) const;

private:
    explicit Rsa3072SigningKey(std::shared_ptr<evp_pkey_st> key) : key_{std::move(key)} {}

    std::shared_ptr<evp_pkey_st> key_; // never changed after it was made
};

// The public key of that modulus and the exponent 3.
base::Result<PublicKey, Malformed> rsa3072_public_key(Rsa3072Number const& modulus);

// What spares the processor two divisions when it verifies an enclave's signature (Intel SDM volume
// 3D, table 38-19): floor(s^2 / m) and floor((s^3 - q1 * s * m) / m).
struct Rsa3072Quotients {
    Rsa3072Number q1;
    Rsa3072Number q2;
};
// Nothing where one has more than 3072 bits: then s is not below m.
base::Result<Rsa3072Quotients>
rsa3072_quotients(Rsa3072Number const& signature, Rsa3072Number const& modulus);

} // namespace crypto
