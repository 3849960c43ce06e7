#pragma once

// AES-256-GCM (NIST SP 800-38D) with a key that is set once: nonces of 12 bytes, tags of 16 behind
// the ciphertext, associated data where the caller has some. No nonce may come twice with one key:
// that is the caller's to see to.

#include "base/result.hpp"
#include "base/view.hpp"

#include <memory>

struct evp_aead_ctx_st; // NOLINT(readability-identifier-naming): AWS-LC calls it so

namespace crypto {

class Aes256Gcm {
public:
    static constexpr std::size_t key_size = 32;
    static constexpr std::size_t nonce_size = 12;
    static constexpr std::size_t tag_size = 16;

    // Errno::Inval: another size than that of a key. Errno::NoMem.
    static base::Result<Aes256Gcm> with(base::View key);

    // `out` has tag_size bytes more than `text`, else Errno::Inval.
    base::Result<void> seal(
        base::View nonce, base::View text, std::span<std::byte> out, base::View associated = {}
    ) const;
    // `out` has tag_size bytes less than `sealed`. Errno::BadMsg: it was not sealed so; what is in
    // `out` means nothing then.
    base::Result<void> open(
        base::View nonce, base::View sealed, std::span<std::byte> out, base::View associated = {}
    ) const;

private:
    struct Free {
        void operator()(evp_aead_ctx_st* context) const;
    };
    explicit Aes256Gcm(std::unique_ptr<evp_aead_ctx_st, Free> context)
        : context_{std::move(context)} {}

    std::unique_ptr<evp_aead_ctx_st, Free> context_; // wipes the key when it goes
};

} // namespace crypto
