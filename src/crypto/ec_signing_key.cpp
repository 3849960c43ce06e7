#include "crypto/ec_signing_key.hpp"

#include "crypto/deterministic_nonce.hpp"
#include "crypto/private_pem.hpp"
#include "crypto/raw.hpp"

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/x509.h>

namespace crypto {

namespace {

using base::Errno;

constexpr Malformed expected{"one private key on P-384 in PEM"};

bool store(BIGNUM const* number, base::Bytes<48>& out) {
    return BN_bn2bin_padded(raw_out(out), out.size(), number) == 1;
}

EC_KEY* parse_der(PrivateDer const& block) {
    CBS in;
    CBS_init(&in, block.bytes(), block.size());
    bssl::UniquePtr<EC_KEY> key;
    if (block.label() == "PRIVATE KEY") {
        bssl::UniquePtr<EVP_PKEY> const wrapped{EVP_parse_private_key(&in)};
        if (wrapped) key.reset(EVP_PKEY_get1_EC_KEY(wrapped.get()));
    } else if (block.label() == "EC PRIVATE KEY") {
        bssl::UniquePtr<EC_GROUP> const group{EC_GROUP_new_by_curve_name(NID_secp384r1)};
        key.reset(EC_KEY_parse_private_key(&in, group.get()));
    }
    bool const usable = key && CBS_len(&in) == 0 &&
                        EC_GROUP_get_curve_name(EC_KEY_get0_group(key.get())) == NID_secp384r1 &&
                        EC_KEY_check_key(key.get()) == 1;
    if (!usable) ERR_clear_error();
    return usable ? key.release() : nullptr;
}

struct Arithmetic {
    EC_GROUP const* group;
    BIGNUM const* order;
    bssl::UniquePtr<BN_CTX> context{BN_CTX_new()};
    bssl::UniquePtr<BN_MONT_CTX> montgomery{};

    explicit Arithmetic(EC_GROUP const* on) : group{on}, order{EC_GROUP_get0_order(on)} {
        if (context) montgomery.reset(BN_MONT_CTX_new_for_modulus(order, context.get()));
    }
    bool ready() const { return context && montgomery; }

    // The x coordinate of nonce * G, modulo the order.
    bool r_of(BIGNUM const* nonce, BIGNUM* r) const {
        bssl::UniquePtr<EC_POINT> const point{EC_POINT_new(group)};
        return point &&
               EC_POINT_mul(group, point.get(), nonce, nullptr, nullptr, context.get()) == 1 &&
               EC_POINT_get_affine_coordinates_GFp(group, point.get(), r, nullptr, context.get()) ==
                   1 &&
               BN_nnmod(r, r, order, context.get()) == 1;
    }
    // The order is prime: an inverse is a power (Fermat), taken in constant time.
    bool invert(BIGNUM const* number, BIGNUM* inverse) const {
        bssl::UniquePtr<BIGNUM> const exponent{BN_dup(order)};
        return exponent && BN_sub_word(exponent.get(), 2) == 1 &&
               BN_mod_exp_mont_consttime(
                   inverse, number, exponent.get(), order, context.get(), montgomery.get()
               ) == 1;
    }
};

// SEC 1, 4.1.3: s = (digest + r * key) / nonce.
bool sign_with(EC_KEY const* key, base::View digest, BIGNUM const* nonce, P384Signature& out) {
    Arithmetic const numbers{EC_KEY_get0_group(key)};
    bssl::UniquePtr<BIGNUM> const r{BN_new()};
    bssl::UniquePtr<BIGNUM> const s{BN_new()};
    bssl::UniquePtr<BIGNUM> const inverse{BN_new()};
    bssl::UniquePtr<BIGNUM> const e{BN_bin2bn(
        // Safety: uint8_t is unsigned char, which may alias any object.
        reinterpret_cast<std::uint8_t const*>(digest.data()),
        digest.size(),
        nullptr
    )};
    auto const* d = EC_KEY_get0_private_key(key);
    auto* context = numbers.context.get();
    return numbers.ready() && r && s && inverse && e && numbers.r_of(nonce, r.get()) &&
           numbers.invert(nonce, inverse.get()) &&
           BN_mod_mul(s.get(), r.get(), d, numbers.order, context) == 1 &&
           BN_nnmod(e.get(), e.get(), numbers.order, context) == 1 &&
           BN_mod_add(s.get(), s.get(), e.get(), numbers.order, context) == 1 &&
           BN_mod_mul(s.get(), s.get(), inverse.get(), numbers.order, context) == 1 &&
           !BN_is_zero(r.get()) && !BN_is_zero(s.get()) && store(r.get(), out.r) &&
           store(s.get(), out.s);
}

} // namespace

base::Result<P384SigningKey> P384SigningKey::generate() {
    std::shared_ptr<EC_KEY> key{EC_KEY_new_by_curve_name(NID_secp384r1), EC_KEY_free};
    if (!key || EC_KEY_generate_key(key.get()) != 1) return std::unexpected(Errno::NoMem);
    return P384SigningKey{std::move(key)};
}

base::Result<P384SigningKey, Malformed> P384SigningKey::parse_pem(base::View text) {
    auto const block = TRY(PrivateDer::from_pem(text));
    auto* key = parse_der(block);
    if (key == nullptr) return std::unexpected(expected);
    return P384SigningKey{std::shared_ptr<EC_KEY>{key, EC_KEY_free}};
}

base::Result<SecretBytes> P384SigningKey::pem() const {
    bssl::UniquePtr<EVP_PKEY> const wrapped{EVP_PKEY_new()};
    if (!wrapped || EVP_PKEY_set1_EC_KEY(wrapped.get(), key_.get()) != 1)
        return std::unexpected(Errno::NoMem);
    return pkcs8_pem(wrapped.get());
}

std::vector<std::byte> P384SigningKey::public_key() const {
    std::uint8_t* der = nullptr;
    return adopted(der, i2d_EC_PUBKEY(key_.get(), &der));
}

P384Point P384SigningKey::public_point() const {
    base::Bytes<97> encoded{}; // SEC 1, 2.3.3: 4, x, y
    EC_POINT_point2oct(
        EC_KEY_get0_group(key_.get()),
        EC_KEY_get0_public_key(key_.get()),
        POINT_CONVERSION_UNCOMPRESSED,
        raw_out(encoded),
        encoded.size(),
        nullptr
    );
    P384Point out{};
    std::copy_n(encoded.begin() + 1, 48, out.x.begin());
    std::copy_n(encoded.begin() + 49, 48, out.y.begin());
    return out;
}

base::Result<P384Signature> P384SigningKey::sign(base::View message) const {
    auto const digest = sha384(message);
    base::Bytes<48> secret{};
    base::Bytes<48> order{};
    auto const* group = EC_KEY_get0_group(key_.get());
    if (!store(EC_KEY_get0_private_key(key_.get()), secret) ||
        !store(EC_GROUP_get0_order(group), order))
        return std::unexpected(Errno::Inval);
    DeterministicNonce nonces{secret, digest, order};
    OPENSSL_cleanse(secret.data(), secret.size());
    auto candidate = nonces.next();
    bssl::UniquePtr<BIGNUM> const nonce{BN_bin2bn(raw(candidate), candidate.size(), nullptr)};
    OPENSSL_cleanse(candidate.data(), candidate.size());
    P384Signature out{};
    bool const made = nonce && sign_with(key_.get(), digest, nonce.get(), out);
    if (nonce) BN_clear(nonce.get());
    if (!made) return std::unexpected(Errno::NoMem);
    return out;
}

} // namespace crypto
