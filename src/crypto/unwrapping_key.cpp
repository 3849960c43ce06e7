#include "crypto/unwrapping_key.hpp"

#include "crypto/private_pem.hpp"
#include "crypto/raw.hpp"

#include <array>

#include <openssl/aes.h>
#include <openssl/bn.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

namespace crypto {

namespace {

using base::Errno;
using Bytes = std::vector<std::byte>;

constexpr Malformed expected{
    "one private key in PEM without a password, of RSA or on P-256, P-384 or P-521"
};
constexpr int least_rsa_bits = 2048; // RFC 7518, 4.3
constexpr std::size_t most_rsa_bytes = 1024;

struct Curve {
    std::string_view name;
    int id;
    std::size_t size; // of a coordinate
};
constexpr std::array curves{
    Curve{.name = "P-256", .id = NID_X9_62_prime256v1, .size = 32},
    Curve{.name = "P-384", .id = NID_secp384r1, .size = 48},
    Curve{.name = "P-521", .id = NID_secp521r1, .size = 66},
};

Curve const* curve_of(EC_KEY const* key) {
    auto const id = EC_GROUP_get_curve_name(EC_KEY_get0_group(key));
    for (auto const& each : curves)
        if (each.id == id) return &each;
    return nullptr;
}

bool usable(EVP_PKEY* key) {
    if (auto const* rsa = EVP_PKEY_get0_RSA(key))
        return RSA_bits(rsa) >= static_cast<unsigned>(least_rsa_bits) &&
               RSA_size(rsa) <= most_rsa_bytes && RSA_check_key(rsa) == 1;
    auto const* ec = EVP_PKEY_get0_EC_KEY(key);
    return ec != nullptr && curve_of(ec) != nullptr && EC_KEY_check_key(ec) == 1;
}

// Zero: it does not open.
base::Result<SecretBytes> unwrap_rsa(EVP_PKEY* key, EVP_MD const* hash, base::View encrypted) {
    bssl::UniquePtr<EVP_PKEY_CTX> const context{EVP_PKEY_CTX_new(key, nullptr)};
    Bytes out(most_rsa_bytes);
    std::size_t size = out.size();
    bool const opened =
        context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), hash) == 1 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), hash) == 1 &&
        EVP_PKEY_decrypt(context.get(), raw_out(out), &size, raw(encrypted), encrypted.size()) == 1;
    ERR_clear_error();
    if (!opened) {
        wipe(out);
        return std::unexpected(Errno::BadMsg);
    }
    SecretBytes key_bytes{base::View{out}.first(size)};
    wipe(out);
    return key_bytes;
}

// NIST SP 800-56A, 5.8.1: OtherInfo, as RFC 7518, 4.6.2 fills it.
Bytes other_info(WrappedKey const& wrapped) {
    Bytes out;
    auto const number = [&out](std::uint32_t value) {
        for (unsigned i = 0; i < 4; ++i) out.push_back(std::byte(value >> (24 - 8 * i)));
    };
    auto const put = [&](base::View bytes) {
        number(static_cast<std::uint32_t>(bytes.size()));
        out.insert(out.end(), bytes.begin(), bytes.end());
    };
    put(base::view_of("ECDH-ES+A256KW"));
    put(wrapped.sender);
    put(wrapped.recipient);
    number(256); // bits of the key that wraps
    return out;
}

// The key that wraps, made of our key and the sender's point.
base::Result<SecretBytes> agreed(EC_KEY const* key, WrappedKey const& wrapped) {
    auto const* const curve = curve_of(key);
    if (curve == nullptr || wrapped.curve != curve->name || wrapped.x.size() != curve->size ||
        wrapped.y.size() != curve->size)
        return std::unexpected(Errno::BadMsg);
    bssl::UniquePtr<EC_KEY> const theirs{EC_KEY_new_by_curve_name(curve->id)};
    bssl::UniquePtr<BIGNUM> const x{BN_bin2bn(raw(wrapped.x), wrapped.x.size(), nullptr)};
    bssl::UniquePtr<BIGNUM> const y{BN_bin2bn(raw(wrapped.y), wrapped.y.size(), nullptr)};
    Bytes shared(curve->size);
    Bytes out(32);
    auto const info = other_info(wrapped);
    bool const made =
        theirs && x && y &&
        EC_KEY_set_public_key_affine_coordinates(theirs.get(), x.get(), y.get()) == 1 &&
        ECDH_compute_key(
            shared.data(), shared.size(), EC_KEY_get0_public_key(theirs.get()), key, nullptr
        ) == static_cast<int>(shared.size()) &&
        SSKDF_digest(
            raw_out(out),
            out.size(),
            EVP_sha256(),
            raw(shared),
            shared.size(),
            raw(info),
            info.size()
        ) == 1;
    ERR_clear_error();
    wipe(shared);
    SecretBytes agreed_key{std::move(out)};
    if (!made) return std::unexpected(Errno::BadMsg);
    return agreed_key;
}

// RFC 3394.
base::Result<SecretBytes> unwrap_aes(base::View key, base::View encrypted) {
    constexpr std::size_t block = 8;
    if (encrypted.size() < 3 * block || encrypted.size() > most_rsa_bytes ||
        encrypted.size() % block != 0)
        return std::unexpected(Errno::BadMsg);
    AES_KEY schedule{};
    Bytes out(encrypted.size() - block);
    bool const opened =
        AES_set_decrypt_key(raw(key), static_cast<unsigned>(key.size() * 8), &schedule) == 0 &&
        AES_unwrap_key(&schedule, nullptr, raw_out(out), raw(encrypted), encrypted.size()) ==
            static_cast<int>(out.size());
    ERR_clear_error();
    // Safety: it is a plain C struct.
    wipe(std::as_writable_bytes(std::span{&schedule, 1}));
    SecretBytes key_bytes{std::move(out)};
    if (!opened) return std::unexpected(Errno::BadMsg);
    return key_bytes;
}

} // namespace

base::Result<UnwrappingKey, Malformed> UnwrappingKey::parse_pem(base::View text) {
    auto const block = TRY(PrivateDer::from_pem(text));
    bool const known = block.label() == "PRIVATE KEY" || block.label() == "RSA PRIVATE KEY" ||
                       block.label() == "EC PRIVATE KEY";
    auto const* at = block.bytes();
    std::shared_ptr<EVP_PKEY> key{
        known ? d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(block.size())) : nullptr,
        EVP_PKEY_free
    };
    bool const whole = key && at == block.bytes() + block.size() && usable(key.get());
    ERR_clear_error();
    if (!whole) return std::unexpected(expected);
    return UnwrappingKey{std::move(key)};
}

base::Result<SecretBytes> UnwrappingKey::unwrap(WrappedKey const& wrapped) const {
    bool const rsa = EVP_PKEY_get0_RSA(key_.get()) != nullptr;
    if (rsa != (wrapped.algorithm != KeyWrap::EcdhEsA256Kw)) return std::unexpected(Errno::BadMsg);
    if (rsa) {
        auto const* const hash = wrapped.algorithm == KeyWrap::RsaOaep ? EVP_sha1() : EVP_sha256();
        return unwrap_rsa(key_.get(), hash, wrapped.encrypted);
    }
    auto const key = TRY(agreed(EVP_PKEY_get0_EC_KEY(key_.get()), wrapped));
    return unwrap_aes(key.view(), wrapped.encrypted);
}

} // namespace crypto
