#include "crypto/aes_256_gcm.hpp"

#include "crypto/raw.hpp"

#include <openssl/aead.h>
#include <openssl/err.h>

namespace crypto {

using base::Errno;

void Aes256Gcm::Free::operator()(evp_aead_ctx_st* context) const { EVP_AEAD_CTX_free(context); }

base::Result<Aes256Gcm> Aes256Gcm::with(base::View key) {
    if (key.size() != key_size) return std::unexpected(Errno::Inval);
    std::unique_ptr<evp_aead_ctx_st, Free> context{
        EVP_AEAD_CTX_new(EVP_aead_aes_256_gcm(), raw(key), key.size(), tag_size)
    };
    if (!context) return std::unexpected(Errno::NoMem);
    return Aes256Gcm{std::move(context)};
}

base::Result<void> Aes256Gcm::seal(
    base::View nonce, base::View text, std::span<std::byte> out, base::View associated
) const {
    std::size_t size = 0;
    if (out.size() != text.size() + tag_size) return std::unexpected(Errno::Inval);
    bool const sealed = EVP_AEAD_CTX_seal(
                            context_.get(),
                            raw_out(out),
                            &size,
                            out.size(),
                            raw(nonce),
                            nonce.size(),
                            raw(text),
                            text.size(),
                            raw(associated),
                            associated.size()
                        ) == 1;
    ERR_clear_error();
    if (!sealed) return std::unexpected(Errno::Inval);
    return {};
}

base::Result<void> Aes256Gcm::open(
    base::View nonce, base::View sealed, std::span<std::byte> out, base::View associated
) const {
    std::size_t size = 0;
    bool const opened = sealed.size() >= tag_size && out.size() == sealed.size() - tag_size &&
                        EVP_AEAD_CTX_open(
                            context_.get(),
                            raw_out(out),
                            &size,
                            out.size(),
                            raw(nonce),
                            nonce.size(),
                            raw(sealed),
                            sealed.size(),
                            raw(associated),
                            associated.size()
                        ) == 1;
    ERR_clear_error();
    if (!opened) return std::unexpected(Errno::BadMsg);
    return {};
}

} // namespace crypto
