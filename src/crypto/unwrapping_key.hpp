#pragma once

// A private key for which others have wrapped a key, as JOSE does it (RFC 7518, 4.3 and 4.6): of
// RSA, or of ECDH on P-256, P-384 or P-521.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"
#include "crypto/wipe.hpp"

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st; // NOLINT(readability-identifier-naming): AWS-LC calls it so

namespace crypto {

// "alg" of a recipient.
enum class KeyWrap : std::uint8_t { RsaOaep, RsaOaep256, EcdhEsA256Kw };

struct WrappedKey {
    KeyWrap algorithm{};
    std::vector<std::byte> encrypted;
    // Of EcdhEsA256Kw: the sender's point, "P-256", and what both agree on besides.
    std::string curve = {};
    std::vector<std::byte> x = {};
    std::vector<std::byte> y = {};
    std::vector<std::byte> sender = {};    // "apu"
    std::vector<std::byte> recipient = {}; // "apv"
};

class UnwrappingKey {
public:
    // One block: "PRIVATE KEY", "RSA PRIVATE KEY" or "EC PRIVATE KEY", not encrypted.
    static base::Result<UnwrappingKey, Malformed> parse_pem(base::View text);

    // Errno::BadMsg: it was wrapped for another key, or is damaged.
    base::Result<SecretBytes> unwrap(WrappedKey const& wrapped) const;

private:
    explicit UnwrappingKey(std::shared_ptr<evp_pkey_st> key) : key_{std::move(key)} {}

    std::shared_ptr<evp_pkey_st> key_; // never changed after it was made
};

} // namespace crypto
