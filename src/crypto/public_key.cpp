#include "crypto/public_key.hpp"

#include "crypto/raw.hpp"

#include <array>

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

namespace crypto {

namespace {

template <class T, void (*Free)(T*)> struct Freer {
    void operator()(T* it) const { Free(it); }
};
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG, ECDSA_SIG_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX, EVP_MD_CTX_free>>;
using PointPtr = std::unique_ptr<EC_POINT, Freer<EC_POINT, EC_POINT_free>>;
using EcKeyPtr = std::unique_ptr<EC_KEY, Freer<EC_KEY, EC_KEY_free>>;

// What failed is in our answer; nothing stays behind in the thread's queue.
bool answer(bool ok) {
    if (!ok) ERR_clear_error();
    return ok;
}

EVP_MD const* md_of(Hash hash) {
    switch (hash) {
    case Hash::Sha256:
        return EVP_sha256();
    case Hash::Sha384:
        return EVP_sha384();
    case Hash::Sha512:
        return EVP_sha512();
    }
    return nullptr;
}

struct Digest {
    base::Bytes<64> bytes;
    std::size_t size;
    base::View view() const { return base::View{bytes}.first(size); }
};

Digest digest(Hash hash, base::View message) {
    Digest out{{}, 0};
    auto const store = [&](auto const& value) {
        std::ranges::copy(value, out.bytes.begin());
        out.size = value.size();
    };
    switch (hash) {
    case Hash::Sha256:
        store(sha256(message));
        break;
    case Hash::Sha384:
        store(sha384(message));
        break;
    case Hash::Sha512:
        store(sha512(message));
        break;
    }
    return out;
}

bool pss(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm::RsaPssSha256 ||
           algorithm == SignatureAlgorithm::RsaPssSha384;
}

bool verify_rsa(
    EVP_PKEY* key, SignatureAlgorithm algorithm, base::View message, base::View signature
) {
    ContextPtr const context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* parameters = nullptr;
    auto const* md = md_of(hash_of(algorithm));
    if (!context || EVP_DigestVerifyInit(context.get(), &parameters, md, nullptr, key) != 1)
        return false;
    if (pss(algorithm) &&
        (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1 ||
         EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, md) != 1))
        return false;
    return EVP_DigestVerify(
               context.get(), raw(signature), signature.size(), raw(message), message.size()
           ) == 1;
}

// EC_POINT_oct2point refuses what does not lie on the curve.
bool set_point(EC_KEY* key, std::span<std::uint8_t const> encoded) {
    auto const* group = EC_KEY_get0_group(key);
    PointPtr const point{EC_POINT_new(group)};
    return point &&
           EC_POINT_oct2point(group, point.get(), encoded.data(), encoded.size(), nullptr) == 1 &&
           EC_KEY_set_public_key(key, point.get()) == 1;
}

} // namespace

base::Result<PublicKey, Malformed> PublicKey::adopt(EVP_PKEY* key) {
    std::shared_ptr<EVP_PKEY> owned{key, EVP_PKEY_free};
    auto const bits = EVP_PKEY_bits(key);
    switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_RSA:
        if (bits < 2048 || bits > 8192) break;
        return PublicKey{std::move(owned), KeyKind::Rsa};
    case EVP_PKEY_EC:
        switch (EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key)))) {
        case NID_X9_62_prime256v1:
            return PublicKey{std::move(owned), KeyKind::P256};
        case NID_secp384r1:
            return PublicKey{std::move(owned), KeyKind::P384};
        case NID_secp521r1:
            return PublicKey{std::move(owned), KeyKind::P521};
        default:
            break;
        }
        break;
    default:
        break;
    }
    return std::unexpected(
        Malformed{"a public key on P-256, P-384 or P-521, or of RSA with 2048 to 8192 bits"}
    );
}

base::Result<PublicKey, Malformed> PublicKey::parse(base::View spki) {
    CBS in;
    CBS_init(&in, raw(spki), spki.size());
    auto* key = EVP_parse_public_key(&in);
    if (!answer(key != nullptr)) return std::unexpected(Malformed{"a SubjectPublicKeyInfo"});
    if (CBS_len(&in) != 0) {
        EVP_PKEY_free(key);
        return std::unexpected(
            Malformed{"the end of a SubjectPublicKeyInfo", spki.size() - CBS_len(&in)}
        );
    }
    return adopt(key);
}

base::Result<PublicKey, Malformed> PublicKey::from_point(KeyKind curve, base::View x_and_y) {
    constexpr auto size_of = std::array<std::size_t, 3>{64, 96, 132};
    constexpr auto nid_of = std::array{NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};
    auto const index = std::size_t(curve);
    if (index >= size_of.size() || x_and_y.size() != size_of[index])
        return std::unexpected(Malformed{"a point of that curve"});
    std::array<std::uint8_t, 133> encoded{4}; // SEC 1, 2.3.3: uncompressed
    std::copy_n(raw(x_and_y), x_and_y.size(), encoded.begin() + 1);

    EcKeyPtr const key{EC_KEY_new_by_curve_name(nid_of[index])};
    auto* wrapped = EVP_PKEY_new();
    if (!answer(
            key && wrapped && set_point(key.get(), {encoded.data(), x_and_y.size() + 1}) &&
            EVP_PKEY_set1_EC_KEY(wrapped, key.get()) == 1
        )) {
        EVP_PKEY_free(wrapped);
        return std::unexpected(Malformed{"a point of that curve"});
    }
    return adopt(wrapped);
}

bool PublicKey::verify(
    SignatureAlgorithm algorithm, base::View message, base::View signature
) const {
    switch (algorithm) {
    case SignatureAlgorithm::EcdsaSha256:
    case SignatureAlgorithm::EcdsaSha384:
    case SignatureAlgorithm::EcdsaSha512: {
        if (kind_ == KeyKind::Rsa) return false;
        auto const hashed = digest(hash_of(algorithm), message);
        auto const* key = EVP_PKEY_get0_EC_KEY(key_.get());
        // ECDSA_verify encodes r and s anew and compares: only DER passes.
        return answer(
            ECDSA_verify(
                0, raw(hashed.view()), hashed.size, raw(signature), signature.size(), key
            ) == 1
        );
    }
    default:
        return kind_ == KeyKind::Rsa &&
               answer(verify_rsa(key_.get(), algorithm, message, signature));
    }
}

bool PublicKey::verify(Hash hash, base::View message, EcdsaSignature const& signature) const {
    if (kind_ == KeyKind::Rsa) return false;
    SignaturePtr const pair{ECDSA_SIG_new()};
    auto* r = BN_bin2bn(raw(signature.r), signature.r.size(), nullptr);
    auto* s = BN_bin2bn(raw(signature.s), signature.s.size(), nullptr);
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return answer(false);
    }
    auto const hashed = digest(hash, message);
    auto const* key = EVP_PKEY_get0_EC_KEY(key_.get());
    return answer(ECDSA_do_verify(raw(hashed.view()), hashed.size, pair.get(), key) == 1);
}

} // namespace crypto
