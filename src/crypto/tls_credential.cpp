#include "crypto/tls_credential.hpp"

#include "crypto/raw.hpp"
#include "crypto/self_signed.hpp"

#include <openssl/bio.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace crypto {
namespace {

using Kind = TlsError::Kind;

bssl::UniquePtr<BIO> reader(std::string_view text) {
    return bssl::UniquePtr<BIO>{
        BIO_new_mem_buf(text.data(), static_cast<ossl_ssize_t>(text.size()))
    };
}

// PEM has no more objects: the only error that ends a list properly.
bool at_the_end() {
    auto const error = ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

// Instead of asking the terminal for the pass phrase of an encrypted key.
int no_pass_phrase(char* /*out*/, int /*size*/, int /*writes*/, void* /*context*/) { return -1; }

TlsResult<void> belongs(TlsKey const& key, TlsHandle<x509_st> const& certificate) {
    if (X509_check_private_key(certificate.get(), key.get()) == 1) return {};
    ERR_clear_error();
    return std::unexpected(
        TlsError{
            .kind = Kind::Settings,
            .text = "the private key does not belong to the first certificate"
        }
    );
}

} // namespace

TlsResult<std::vector<TlsHandle<x509_st>>> certificates_from_pem(std::string_view pem) {
    std::vector<TlsHandle<x509_st>> found;
    auto const in = reader(pem);
    ERR_clear_error();
    while (true) {
        TlsHandle<x509_st> next{PEM_read_bio_X509(in.get(), nullptr, no_pass_phrase, nullptr)};
        if (!next) break;
        found.push_back(std::move(next));
    }
    if (!at_the_end())
        return std::unexpected(tls_library_error(Kind::Settings, "a certificate cannot be read"));
    ERR_clear_error();
    if (found.empty()) {
        return std::unexpected(
            TlsError{
                .kind = Kind::Settings,
                .text = "no -----BEGIN CERTIFICATE----- in the certificate text"
            }
        );
    }
    return found;
}

TlsResult<TlsKey> TlsKey::generate() {
    bssl::UniquePtr<EC_KEY> const curve{EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)};
    TlsHandle<evp_pkey_st> key{EVP_PKEY_new()};
    bool const made = curve && key && EC_KEY_generate_key(curve.get()) == 1 &&
                      EVP_PKEY_set1_EC_KEY(key.get(), curve.get()) == 1;
    if (!made) return std::unexpected(tls_library_error(Kind::Settings, "making a key"));
    return TlsKey{std::move(key)};
}

TlsKey TlsKey::of(P256SigningKey const& key) {
    EVP_PKEY_up_ref(key.get());
    return TlsKey{TlsHandle<evp_pkey_st>{key.get()}};
}

TlsKey TlsKey::share() const {
    EVP_PKEY_up_ref(key_.get());
    return TlsKey{TlsHandle<evp_pkey_st>{key_.get()}};
}

TlsResult<TlsKey> TlsKey::from_pem(std::string_view pem) {
    auto const in = reader(pem);
    TlsHandle<evp_pkey_st> key{PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, nullptr)};
    if (!key) {
        return std::unexpected(
            tls_library_error(Kind::Settings, "the private key cannot be read (unencrypted PEM?)")
        );
    }
    return TlsKey{std::move(key)};
}

TlsResult<TlsCredential>
TlsCredential::from_pem(std::string_view chain, std::string_view private_key) {
    auto certificates = TRY(certificates_from_pem(chain));
    auto key = TRY(TlsKey::from_pem(private_key));
    TRY(belongs(key, certificates.front()));
    return TlsCredential{std::move(key), std::move(certificates)};
}

TlsResult<TlsCredential> TlsCredential::issued(TlsKey key, std::span<base::View const> chain) {
    std::vector<TlsHandle<x509_st>> certificates;
    for (auto const der : chain) {
        auto const* at = raw(der);
        TlsHandle<x509_st> next{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
        if (!next || at != raw(der) + der.size()) {
            ERR_clear_error();
            return std::unexpected(
                TlsError{.kind = Kind::Settings, .text = "what was issued is no certificate"}
            );
        }
        certificates.push_back(std::move(next));
    }
    if (certificates.empty())
        return std::unexpected(TlsError{.kind = Kind::Settings, .text = "nothing was issued"});
    TRY(belongs(key, certificates.front()));
    return TlsCredential{std::move(key), std::move(certificates)};
}

TlsResult<TlsCredential> TlsCredential::self_signed(
    TlsKey key, std::span<std::string const> names, std::chrono::sys_seconds now
) {
    std::vector<TlsHandle<x509_st>> chain;
    chain.push_back(TRY(self_signed_certificate(key.get(), names, now)));
    return TlsCredential{std::move(key), std::move(chain)};
}

TlsCredential TlsCredential::share() const {
    std::vector<TlsHandle<x509_st>> chain;
    for (auto const& certificate : chain_) {
        X509_up_ref(certificate.get());
        chain.emplace_back(certificate.get());
    }
    return TlsCredential{key_.share(), std::move(chain)};
}

std::vector<std::byte> TlsCredential::leaf_der() const {
    std::uint8_t* der = nullptr;
    return adopted(der, i2d_X509(chain_.front().get(), &der));
}

std::vector<std::byte> TlsCredential::public_key() const {
    std::uint8_t* der = nullptr;
    return adopted(der, i2d_PUBKEY(key_.get(), &der));
}

TlsResult<std::string> TlsCredential::leaf_pem() const {
    bssl::UniquePtr<BIO> const out{BIO_new(BIO_s_mem())};
    std::uint8_t const* text = nullptr;
    std::size_t size = 0;
    bool const written = out && PEM_write_bio_X509(out.get(), chain_.front().get()) == 1 &&
                         BIO_mem_contents(out.get(), &text, &size) == 1;
    if (!written)
        return std::unexpected(tls_library_error(Kind::Settings, "writing a certificate"));
    // Safety: PEM is ASCII; a byte of it is a char.
    return std::string{reinterpret_cast<char const*>(text), size};
}

} // namespace crypto
