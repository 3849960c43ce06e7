#pragma once

// Private keys as PEM text (RFC 7468), wiped from memory after use.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"
#include "crypto/wipe.hpp"

#include <cstdint>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace crypto {

// What one PEM block holds.
class PrivateDer {
public:
    // `text` is one block and nothing else.
    static base::Result<PrivateDer, Malformed> from_pem(base::View text);
    std::string_view label() const { return label_; }
    std::uint8_t const* bytes() const;
    std::size_t size() const { return der_.view().size(); }

private:
    PrivateDer(std::string label, SecretBytes der)
        : label_{std::move(label)}, der_{std::move(der)} {}

    std::string label_;
    SecretBytes der_;
};

base::Result<SecretBytes> pkcs8_pem(evp_pkey_st* key);
// PKCS#1 (RFC 8017, A.1.2); the key is one of RSA.
base::Result<SecretBytes> pkcs1_pem(evp_pkey_st* key);

} // namespace crypto
