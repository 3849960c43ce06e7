// Private keys: made, written, read again, and signatures that the published examples have.

#include "crypto/deterministic_nonce.hpp"
#include "crypto/ec_signing_key.hpp"
#include "crypto/rsa_signing_key.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace {

using namespace crypto;
using crypto::testing::read;
using crypto::testing::unhex;

template <std::size_t N> base::Bytes<N> fixed(std::string_view hex) {
    base::Bytes<N> out{};
    std::ranges::copy(unhex(hex), out.begin());
    return out;
}

// RFC 6979, A.2.6: P-384.
constexpr std::string_view rfc_key =
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
    "96d5724e4c70a825f872c9ea60d2edf5";
constexpr std::string_view rfc_order =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
    "581a0db248b0a77aecec196accc52973";
constexpr std::string_view rfc_nonce =
    "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca"
    "2907e3e83ba95368623b8c4686915cf9";

TEST(DeterministicNonce, IsThatOfTheRfcForTheMessageSample) {
    DeterministicNonce nonces{
        fixed<48>(rfc_key), sha384(base::view_of("sample")), fixed<48>(rfc_order)
    };
    EXPECT_EQ(nonces.next(), fixed<48>(rfc_nonce));
}

TEST(DeterministicNonce, TheNextOneIsAnotherOne) {
    DeterministicNonce nonces{
        fixed<48>(rfc_key), sha384(base::view_of("sample")), fixed<48>(rfc_order)
    };
    EXPECT_NE(nonces.next(), nonces.next());
}

TEST(P384SigningKey, AKeyThatWasMadeIsReadAgainAndItsSignatureVerifies) {
    auto const key = P384SigningKey::generate();
    ASSERT_TRUE(key);
    auto const text = key->pem();
    ASSERT_TRUE(text);
    EXPECT_TRUE(base::text_of(text->view()).starts_with("-----BEGIN PRIVATE KEY-----\n"));
    auto const again = P384SigningKey::parse_pem(text->view());
    ASSERT_TRUE(again);
    auto const point = again->public_point();
    EXPECT_EQ(point.x, key->public_point().x);

    auto const message = base::view_of("a message");
    auto const signature = again->sign(message);
    ASSERT_TRUE(signature);
    base::Bytes<96> both{};
    std::ranges::copy(point.x, both.begin());
    std::ranges::copy(point.y, both.begin() + 48);
    auto const verifier = PublicKey::from_point(KeyKind::P384, both);
    EXPECT_TRUE(verifier->verify(Hash::Sha384, message, {signature->r, signature->s}));
    EXPECT_FALSE(
        verifier->verify(Hash::Sha384, base::view_of("another"), {signature->r, signature->s})
    );
    EXPECT_EQ(key->sign(message)->r, signature->r);
}

TEST(Rsa3072SigningKey, AKeyThatWasMadeIsReadAgainAndItsSignatureVerifies) {
    auto const key = Rsa3072SigningKey::generate();
    ASSERT_TRUE(key);
    auto const text = key->pem();
    ASSERT_TRUE(text);
    EXPECT_TRUE(base::text_of(text->view()).starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    auto const again = Rsa3072SigningKey::parse_pem(text->view());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->modulus(), key->modulus());
    auto const message = base::view_of("a message");
    auto const signature = again->sign(message);
    ASSERT_TRUE(signature);
    auto const verifier = rsa3072_public_key(key->modulus());
    ASSERT_TRUE(verifier);
    EXPECT_TRUE(verifier->verify(SignatureAlgorithm::RsaPkcs1Sha256, message, *signature));
    EXPECT_FALSE(verifier->verify(SignatureAlgorithm::RsaPkcs1Sha384, message, *signature));
}

TEST(Wipe, LeavesZerosAndTakesNothing) {
    base::Bytes<48> secret{};
    secret.fill(std::byte{0x5e});
    wipe(secret);
    EXPECT_TRUE(base::all_zero(secret));
    wipe({});
}

TEST(SigningKeys, AKeyOfTheOtherKindTwoKeysAndOtherTextAreRefused) {
    auto const sev = read("keys/sev-id.key");
    auto const sgx = read("keys/sgx-test.key");
    EXPECT_TRUE(P384SigningKey::parse_pem(sev));
    EXPECT_TRUE(Rsa3072SigningKey::parse_pem(sgx));
    EXPECT_FALSE(P384SigningKey::parse_pem(sgx));
    EXPECT_FALSE(Rsa3072SigningKey::parse_pem(sev));
    auto twice = sev;
    twice.insert(twice.end(), sev.begin(), sev.end());
    EXPECT_EQ(P384SigningKey::parse_pem(twice).error().offset, sev.size());
    EXPECT_FALSE(P384SigningKey::parse_pem(base::view_of("text")));
    EXPECT_FALSE(P384SigningKey::parse_pem({}));
}

TEST(Rsa3072PublicKey, AModulusThatIsEvenOrShortIsRefused) {
    Rsa3072Number modulus{};
    EXPECT_FALSE(rsa3072_public_key(modulus));
    modulus.fill(std::byte{0xff});
    EXPECT_TRUE(rsa3072_public_key(modulus));
    modulus.back() = std::byte{0xfe};
    EXPECT_FALSE(rsa3072_public_key(modulus));
    modulus.back() = std::byte{0xff};
    modulus.front() = std::byte{0};
    EXPECT_FALSE(rsa3072_public_key(modulus));
}

} // namespace
