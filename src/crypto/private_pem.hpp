#pragma once

// Private keys as PEM text (RFC 7468), wiped from memory after use.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace crypto {

// What one PEM block holds.
class PrivateDer {
public:
    // `text` is one block and nothing else.
    static base::Result<PrivateDer, Malformed> from_pem(base::View text);
    PrivateDer(PrivateDer&&) = default;
    PrivateDer& operator=(PrivateDer&&) = delete;
    PrivateDer(PrivateDer const&) = delete;
    PrivateDer& operator=(PrivateDer const&) = delete;
    ~PrivateDer();

    std::string_view label() const { return label_; }
    std::uint8_t const* bytes() const;
    std::size_t size() const { return der_.size(); }

private:
    PrivateDer(std::string label, std::vector<std::byte> der)
        : label_{std::move(label)}, der_{std::move(der)} {}

    std::string label_;
    std::vector<std::byte> der_;
};

base::Result<std::string> pkcs8_pem(evp_pkey_st* key);
// PKCS#1 (RFC 8017, A.1.2); the key is one of RSA.
base::Result<std::string> pkcs1_pem(evp_pkey_st* key);

} // namespace crypto
