#include "crypto/p256_signing_key.hpp"

#include "crypto/private_pem.hpp"
#include "crypto/public_key.hpp"
#include "crypto/raw.hpp"

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/x509.h>

namespace crypto {

namespace {

using base::Errno;

constexpr Malformed expected{"one private key on P-256 in PEM"};
constexpr std::size_t half = 32;

bool on_p256(EVP_PKEY const* key) {
    auto const* const curve = EVP_PKEY_get0_EC_KEY(key);
    return curve != nullptr &&
           EC_GROUP_get_curve_name(EC_KEY_get0_group(curve)) == NID_X9_62_prime256v1 &&
           EC_KEY_check_key(curve) == 1;
}

bssl::UniquePtr<EVP_PKEY> parse_der(PrivateDer const& block) {
    CBS in;
    CBS_init(&in, block.bytes(), block.size());
    bssl::UniquePtr<EVP_PKEY> key;
    if (block.label() == "PRIVATE KEY") {
        key.reset(EVP_parse_private_key(&in));
    } else if (block.label() == "EC PRIVATE KEY") {
        bssl::UniquePtr<EC_GROUP> const group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
        bssl::UniquePtr<EC_KEY> const curve{EC_KEY_parse_private_key(&in, group.get())};
        key.reset(EVP_PKEY_new());
        if (!curve || !key || EVP_PKEY_set1_EC_KEY(key.get(), curve.get()) != 1) key.reset();
    }
    if (key && CBS_len(&in) == 0 && on_p256(key.get())) return key;
    ERR_clear_error();
    return nullptr;
}

} // namespace

base::Result<P256SigningKey> P256SigningKey::generate() {
    bssl::UniquePtr<EC_KEY> const curve{EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)};
    std::shared_ptr<EVP_PKEY> key{EVP_PKEY_new(), EVP_PKEY_free};
    if (!curve || !key || EC_KEY_generate_key(curve.get()) != 1 ||
        EVP_PKEY_set1_EC_KEY(key.get(), curve.get()) != 1)
        return std::unexpected(Errno::NoMem);
    return P256SigningKey{std::move(key)};
}

base::Result<P256SigningKey, Malformed> P256SigningKey::parse_pem(base::View text) {
    auto const block = TRY(PrivateDer::from_pem(text));
    auto key = parse_der(block);
    if (!key) return std::unexpected(expected);
    return P256SigningKey{std::shared_ptr<EVP_PKEY>{key.release(), EVP_PKEY_free}};
}

base::Result<SecretBytes> P256SigningKey::pem() const { return pkcs8_pem(key_.get()); }

std::vector<std::byte> P256SigningKey::public_key() const {
    std::uint8_t* der = nullptr;
    return adopted(der, i2d_PUBKEY(key_.get(), &der));
}

base::Result<Es256Signature> P256SigningKey::sign(base::View message) const {
    auto const digest = sha256(message);
    bssl::UniquePtr<ECDSA_SIG> const signature{
        ECDSA_do_sign(raw(base::View{digest}), digest.size(), EVP_PKEY_get0_EC_KEY(key_.get()))
    };
    Es256Signature out{};
    bool const made =
        signature &&
        BN_bn2bin_padded(
            raw_out(std::span{out}.first<half>()), half, ECDSA_SIG_get0_r(signature.get())
        ) == 1 &&
        BN_bn2bin_padded(
            raw_out(std::span{out}.last<half>()), half, ECDSA_SIG_get0_s(signature.get())
        ) == 1;
    ERR_clear_error();
    if (!made) return std::unexpected(Errno::NoMem);
    return out;
}

std::vector<std::byte> der_of(Es256Signature const& signature) {
    constexpr std::byte sequence{0x30};
    constexpr std::byte integer{0x02};
    constexpr std::byte sign_bit{0x80};
    std::vector<std::byte> content;
    for (auto number : {base::View{signature}.first<half>(), base::View{signature}.last<half>()}) {
        base::View digits = number;
        while (digits.size() > 1 && digits.front() == std::byte{}) digits = digits.subspan(1);
        bool const padded = (digits.front() & sign_bit) != std::byte{};
        content.push_back(integer);
        content.push_back(std::byte(digits.size() + (padded ? 1 : 0)));
        if (padded) content.push_back(std::byte{});
        content.insert(content.end(), digits.begin(), digits.end());
    }
    std::vector<std::byte> out{sequence, std::byte(content.size())};
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

bool verified_es256(base::View public_key, base::View message, base::View signature) {
    auto const key = PublicKey::parse(public_key);
    return key && key->kind() == KeyKind::P256 && signature.size() == 2 * half &&
           key->verify(Hash::Sha256, message, {signature.first(half), signature.last(half)});
}

} // namespace crypto
