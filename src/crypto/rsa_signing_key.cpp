#include "crypto/rsa_signing_key.hpp"

#include "crypto/private_pem.hpp"
#include "crypto/raw.hpp"

#include <vector>

#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/rsa.h>

namespace crypto {

namespace {

using base::Errno;

constexpr unsigned bits = 3072;
constexpr std::uint64_t exponent = 3;
constexpr Malformed expected{"one private key of RSA with 3072 bits and exponent 3 in PEM"};

bssl::UniquePtr<BIGNUM> number(Rsa3072Number const& value) {
    return bssl::UniquePtr<BIGNUM>{BN_bin2bn(raw(base::View{value}), value.size(), nullptr)};
}

bssl::UniquePtr<EVP_PKEY> wrap(RSA* rsa) {
    bssl::UniquePtr<EVP_PKEY> key{EVP_PKEY_new()};
    if (!key || EVP_PKEY_set1_RSA(key.get(), rsa) != 1) return nullptr;
    return key;
}

bssl::UniquePtr<EVP_PKEY> parse_der(PrivateDer const& block) {
    CBS in;
    CBS_init(&in, block.bytes(), block.size());
    bssl::UniquePtr<EVP_PKEY> key;
    if (block.label() == "PRIVATE KEY") {
        key.reset(EVP_parse_private_key(&in));
    } else if (block.label() == "RSA PRIVATE KEY") {
        bssl::UniquePtr<RSA> const rsa{RSA_parse_private_key(&in)};
        if (rsa) key = wrap(rsa.get());
    }
    auto const* rsa = key ? EVP_PKEY_get0_RSA(key.get()) : nullptr;
    bool const usable = rsa && CBS_len(&in) == 0 && RSA_bits(rsa) == bits &&
                        BN_is_word(RSA_get0_e(rsa), exponent) == 1 && RSA_check_key(rsa) == 1;
    if (!usable) {
        ERR_clear_error();
        return nullptr;
    }
    return key;
}

} // namespace

base::Result<Rsa3072SigningKey> Rsa3072SigningKey::generate() {
    bssl::UniquePtr<RSA> const rsa{RSA_new()};
    bssl::UniquePtr<BIGNUM> const e{BN_new()};
    bool const made = rsa && e && BN_set_word(e.get(), exponent) == 1 &&
                      RSA_generate_key_ex(rsa.get(), bits, e.get(), nullptr) == 1;
    auto key = made ? wrap(rsa.get()) : nullptr;
    if (!key) {
        ERR_clear_error();
        return std::unexpected(Errno::NoMem);
    }
    return Rsa3072SigningKey{std::shared_ptr<EVP_PKEY>{key.release(), EVP_PKEY_free}};
}

base::Result<Rsa3072SigningKey, Malformed> Rsa3072SigningKey::parse_pem(base::View text) {
    auto const block = TRY(PrivateDer::from_pem(text));
    auto key = parse_der(block);
    if (!key) return std::unexpected(expected);
    return Rsa3072SigningKey{std::shared_ptr<EVP_PKEY>{key.release(), EVP_PKEY_free}};
}

base::Result<SecretBytes> Rsa3072SigningKey::pem() const { return pkcs1_pem(key_.get()); }

Rsa3072Number Rsa3072SigningKey::modulus() const {
    Rsa3072Number out{};
    BN_bn2bin_padded(raw_out(out), out.size(), RSA_get0_n(EVP_PKEY_get0_RSA(key_.get())));
    return out;
}

base::Result<Rsa3072Number> Rsa3072SigningKey::sign(base::View message) const {
    bssl::ScopedEVP_MD_CTX context;
    Rsa3072Number out{};
    std::size_t size = out.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), raw_out(out), &size, raw(message), message.size()) != 1)
        return std::unexpected(Errno::NoMem);
    return out;
}

base::Result<PublicKey, Malformed> rsa3072_public_key(Rsa3072Number const& modulus) {
    bssl::UniquePtr<RSA> const rsa{RSA_new()};
    bssl::UniquePtr<BIGNUM> e{BN_new()};
    auto n = number(modulus);
    bool ok = rsa && e && n && BN_set_word(e.get(), exponent) == 1 &&
              BN_num_bits(n.get()) == bits && BN_is_odd(n.get()) == 1 &&
              RSA_set0_key(rsa.get(), n.get(), e.get(), nullptr) == 1;
    if (ok) {
        n.release(); // NOLINT(bugprone-unused-return-value): the key owns both now
        e.release(); // NOLINT(bugprone-unused-return-value)
    }
    auto const key = ok ? wrap(rsa.get()) : nullptr;
    bssl::ScopedCBB out;
    std::uint8_t* der = nullptr;
    std::size_t size = 0;
    ok = key && CBB_init(out.get(), 512) == 1 &&
         EVP_marshal_public_key(out.get(), key.get()) == 1 &&
         CBB_finish(out.get(), &der, &size) == 1;
    bssl::UniquePtr<std::uint8_t> const owner{der};
    ERR_clear_error();
    if (!ok) return std::unexpected(Malformed{"an odd modulus of 3072 bits"});
    return PublicKey::parse(std::as_bytes(std::span{der, size}));
}

base::Result<Rsa3072Quotients>
rsa3072_quotients(Rsa3072Number const& signature, Rsa3072Number const& modulus) {
    bssl::UniquePtr<BN_CTX> const context{BN_CTX_new()};
    auto const s = number(signature);
    auto const m = number(modulus);
    bssl::UniquePtr<BIGNUM> const q1{BN_new()};
    bssl::UniquePtr<BIGNUM> const q2{BN_new()};
    bssl::UniquePtr<BIGNUM> const rest{BN_new()};
    bssl::UniquePtr<BIGNUM> const product{BN_new()};
    if (!context || !s || !m || !q1 || !q2 || !rest || !product)
        return std::unexpected(Errno::NoMem);
    // s^3 - q1*s*m is s * (s^2 - q1*m), and s^2 - q1*m is the rest of the first division.
    Rsa3072Quotients out{};
    bool const ok = BN_sqr(product.get(), s.get(), context.get()) == 1 &&
                    BN_div(q1.get(), rest.get(), product.get(), m.get(), context.get()) == 1 &&
                    BN_mul(product.get(), s.get(), rest.get(), context.get()) == 1 &&
                    BN_div(q2.get(), nullptr, product.get(), m.get(), context.get()) == 1 &&
                    BN_bn2bin_padded(raw_out(out.q1), out.q1.size(), q1.get()) == 1 &&
                    BN_bn2bin_padded(raw_out(out.q2), out.q2.size(), q2.get()) == 1;
    if (!ok) {
        ERR_clear_error();
        return std::unexpected(Errno::Range);
    }
    return out;
}

} // namespace crypto
