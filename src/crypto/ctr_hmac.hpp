#pragma once

// A long text as ocicrypt encrypts layers of images: AES-256 in counter mode (NIST SP
// 800-38A, 6.5), and one HMAC-SHA256 of the whole ciphertext under the same key.
//
// That code comes behind the last byte, so the ciphertext is read twice: first for its code, then
// for its text. Nothing decrypts but what a right code has made.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/wipe.hpp"

#include <memory>
#include <optional>

struct evp_cipher_ctx_st; // NOLINT(readability-identifier-naming): AWS-LC calls it so
struct hmac_ctx_st;       // NOLINT(readability-identifier-naming): the same

namespace crypto {

class CtrText {
public:
    // The next piece; `out` is as long.
    base::Result<void> decrypt(base::View ciphertext, std::span<std::byte> out);

private:
    friend class CtrCode;
    struct Free {
        void operator()(evp_cipher_ctx_st* context) const; // wipes the key
    };
    explicit CtrText(std::unique_ptr<evp_cipher_ctx_st, Free> context)
        : context_{std::move(context)} {}

    std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

class CtrCode {
public:
    static constexpr std::size_t cipher_key_size = 32;
    static constexpr std::size_t nonce_size = 16; // the first block of the counter
    static constexpr std::size_t key_size = cipher_key_size + nonce_size;
    using Code = base::Bytes<32>;

    // `key`: that of cipher and code, and behind it the nonce. Errno::Inval: another size.
    static base::Result<CtrCode> with(base::View key);
    // The next piece of the ciphertext.
    base::Result<void> add(base::View ciphertext);
    // All of it was added. Errno::BadMsg: that is not its code under this key.
    base::Result<CtrText> believe(Code const& code) &&;

private:
    struct Free {
        void operator()(hmac_ctx_st* context) const; // wipes the key
    };
    CtrCode(SecretBytes key, std::unique_ptr<hmac_ctx_st, Free> context)
        : key_{std::move(key)}, context_{std::move(context)} {}

    SecretBytes key_;
    std::unique_ptr<hmac_ctx_st, Free> context_;
};

} // namespace crypto
