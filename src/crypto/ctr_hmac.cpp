#include "crypto/ctr_hmac.hpp"

#include "crypto/equal.hpp"
#include "crypto/raw.hpp"

#include <limits>

#include <openssl/cipher.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/hmac.h>

namespace crypto {

using base::Errno;

void CtrText::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }
void CtrCode::Free::operator()(hmac_ctx_st* context) const { HMAC_CTX_free(context); }

base::Result<void> CtrText::decrypt(base::View ciphertext, std::span<std::byte> out) {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    if (out.size() != ciphertext.size() || out.size() > most) return std::unexpected(Errno::Inval);
    int size = 0;
    bool const done = EVP_DecryptUpdate(
                          context_.get(),
                          raw_out(out),
                          &size,
                          raw(ciphertext),
                          static_cast<int>(ciphertext.size())
                      ) == 1;
    ERR_clear_error();
    if (!done || static_cast<std::size_t>(size) != out.size()) return std::unexpected(Errno::Io);
    return {};
}

base::Result<CtrCode> CtrCode::with(base::View key) {
    if (key.size() != key_size) return std::unexpected(Errno::Inval);
    std::unique_ptr<hmac_ctx_st, Free> context{HMAC_CTX_new()};
    bool const begun =
        context &&
        HMAC_Init_ex(context.get(), key.data(), cipher_key_size, EVP_sha256(), nullptr) == 1;
    ERR_clear_error();
    if (!begun) return std::unexpected(Errno::NoMem);
    return CtrCode{SecretBytes{key}, std::move(context)};
}

base::Result<void> CtrCode::add(base::View ciphertext) {
    if (HMAC_Update(context_.get(), raw(ciphertext), ciphertext.size()) != 1)
        return std::unexpected(Errno::Inval);
    return {};
}

base::Result<CtrText> CtrCode::believe(Code const& code) && {
    Code made{};
    unsigned size = 0;
    bool const right = HMAC_Final(context_.get(), raw_out(made), &size) == 1 &&
                       size == made.size() && equal_in_constant_time(made, code);
    ERR_clear_error();
    if (!right) return std::unexpected(Errno::BadMsg);
    std::unique_ptr<evp_cipher_ctx_st, CtrText::Free> context{EVP_CIPHER_CTX_new()};
    auto const key = key_.view().first(cipher_key_size);
    auto const nonce = key_.view().subspan(cipher_key_size);
    bool const begun =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, raw(key), raw(nonce)) == 1;
    ERR_clear_error();
    if (!begun) return std::unexpected(Errno::NoMem);
    return CtrText{std::move(context)};
}

} // namespace crypto
