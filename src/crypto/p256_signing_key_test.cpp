// The key of a tenant: made, written, read again; its signatures verify, and those of an RFC do.

#include "crypto/ec_signing_key.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/public_key.hpp"
#include "crypto/testing.hpp"

#include <set>

#include <gtest/gtest.h>

namespace crypto {
namespace {

TEST(P256SigningKey, that_was_made_is_read_again_and_its_signature_verifies) {
    auto const key = *P256SigningKey::generate();
    auto const text = *key.pem();
    EXPECT_TRUE(base::text_of(text.view()).starts_with("-----BEGIN PRIVATE KEY-----\n"));
    auto const again = *P256SigningKey::parse_pem(text.view());
    EXPECT_EQ(again.public_key(), key.public_key());
    EXPECT_EQ(key.public_key().size(), 91U);
    auto const message = base::view_of("a message");
    auto const signature = *again.sign(message);
    EXPECT_TRUE(verified_es256(key.public_key(), message, signature));
    for (std::size_t at = 0; at < signature.size(); ++at) {
        auto changed = signature;
        changed[at] ^= std::byte{1};
        EXPECT_FALSE(verified_es256(key.public_key(), message, changed)) << at;
    }
    EXPECT_FALSE(verified_es256(key.public_key(), base::view_of("another"), signature));
    EXPECT_FALSE(verified_es256(P256SigningKey::generate()->public_key(), message, signature));
    EXPECT_FALSE(verified_es256(key.public_key(), message, base::View{signature}.first(63)));
    EXPECT_FALSE(verified_es256({}, message, signature));
}

TEST(P256SigningKey, writes_each_signature_as_certificates_hold_them) {
    auto const key = *P256SigningKey::generate();
    auto const public_key = *PublicKey::parse(key.public_key());
    auto const message = base::view_of("a message");
    std::set<std::size_t> sizes;
    for (int i = 0; i < 200; ++i) { // with and without bytes that a sign costs
        auto const der = der_of(*key.sign(message));
        sizes.insert(der.size());
        EXPECT_TRUE(public_key.verify(SignatureAlgorithm::EcdsaSha256, message, der));
    }
    EXPECT_GE(sizes.size(), 3U);
    Es256Signature small{};
    small[31] = std::byte{1};
    small[63] = std::byte{0x80};
    EXPECT_EQ(der_of(small), testing::unhex("300702010102020080"));
    EXPECT_EQ(der_of(Es256Signature{}), testing::unhex("3006020100020100"));
}

TEST(P256SigningKey, verifies_the_signature_of_rfc_6979) {
    auto const key = testing::unhex(
        "3059301306072a8648ce3d020106082a8648ce3d030107034200"
        "04"
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    );
    auto const signature = testing::unhex(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    );
    EXPECT_TRUE(verified_es256(key, base::view_of("sample"), signature)); // A.2.5
    EXPECT_FALSE(verified_es256(key, base::view_of("test"), signature));
}

TEST(P256SigningKey, is_none_of_another_curve_nor_anything_else) {
    auto const other = *P384SigningKey::generate()->pem();
    EXPECT_FALSE(P256SigningKey::parse_pem(other.view()));
    EXPECT_FALSE(P256SigningKey::parse_pem({}));
    EXPECT_FALSE(P256SigningKey::parse_pem(base::view_of("no key")));
    auto const good = *P256SigningKey::generate()->pem();
    EXPECT_FALSE(P256SigningKey::parse_pem(good.view().first(good.view().size() / 2)));
}

TEST(P256SigningKey, is_read_as_openssl_writes_it_either_way) {
    // openssl ecparam -name prime256v1 -genkey -noout, and the same through openssl pkcs8 -topk8
    auto const old_form = testing::read("p256/sec1.pem");
    auto const new_form = testing::read("p256/pkcs8.pem");
    auto const one = P256SigningKey::parse_pem(old_form);
    auto const other = P256SigningKey::parse_pem(new_form);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->public_key(), other->public_key());
}

} // namespace
} // namespace crypto
