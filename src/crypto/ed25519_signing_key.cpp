#include "crypto/ed25519_signing_key.hpp"

#include "crypto/private_pem.hpp"
#include "crypto/raw.hpp"

#include <openssl/bytestring.h>
#include <openssl/curve25519.h>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace crypto {

using base::Errno;

namespace {

constexpr Malformed expected{"one private key of Ed25519 in PEM"};
constexpr std::size_t seed_size = 32;

} // namespace

base::Result<Ed25519SigningKey> Ed25519SigningKey::from_seed(base::View seed) {
    if (seed.size() != seed_size) return std::unexpected(Errno::Inval);
    std::shared_ptr<EVP_PKEY> key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()),
        EVP_PKEY_free
    };
    ERR_clear_error();
    if (!key) return std::unexpected(Errno::NoMem);
    return Ed25519SigningKey{std::move(key)};
}

base::Result<Ed25519SigningKey> Ed25519SigningKey::generate() {
    base::Bytes<32> public_half{};
    base::Bytes<64> private_half{}; // the seed, and the public key again
    ED25519_keypair(raw_out(public_half), raw_out(private_half));
    auto key = from_seed(base::View{private_half}.first(seed_size));
    wipe(private_half);
    return key;
}

base::Result<Ed25519SigningKey, Malformed> Ed25519SigningKey::parse_pem(base::View text) {
    auto const block = TRY(PrivateDer::from_pem(text));
    CBS in;
    CBS_init(&in, block.bytes(), block.size());
    bool const right_label = block.label() == "PRIVATE KEY";
    bssl::UniquePtr<EVP_PKEY> key{right_label ? EVP_parse_private_key(&in) : nullptr};
    ERR_clear_error();
    if (!key || CBS_len(&in) != 0 || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519)
        return std::unexpected(expected);
    return Ed25519SigningKey{std::shared_ptr<EVP_PKEY>{key.release(), EVP_PKEY_free}};
}

base::Result<SecretBytes> Ed25519SigningKey::pem() const { return pkcs8_pem(key_.get()); }

Ed25519PublicKey Ed25519SigningKey::public_key() const {
    Ed25519PublicKey out{};
    std::size_t size = out.size();
    EVP_PKEY_get_raw_public_key(key_.get(), raw_out(out), &size);
    return out;
}

base::Result<Ed25519Signature> Ed25519SigningKey::sign(base::View message) const {
    Ed25519Signature out{};
    std::size_t size = out.size();
    bssl::UniquePtr<EVP_MD_CTX> const context{EVP_MD_CTX_new()};
    bool const made =
        context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), raw_out(out), &size, raw(message), message.size()) == 1;
    ERR_clear_error();
    if (!made) return std::unexpected(Errno::NoMem);
    return out;
}

bool verified_ed25519(base::View public_key, base::View message, base::View signature) {
    return public_key.size() == ED25519_PUBLIC_KEY_LEN &&
           signature.size() == ED25519_SIGNATURE_LEN &&
           ED25519_verify(raw(message), message.size(), raw(signature), raw(public_key)) == 1;
}

} // namespace crypto
