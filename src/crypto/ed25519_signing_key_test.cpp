// Ed25519: the vectors of RFC 8032, keys that are written and read again, and no other signature.

#include "crypto/ed25519_signing_key.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace crypto {
namespace {

struct Vector {
    std::string_view seed, public_key, message, signature;
};

// RFC 8032, 7.1: TEST 1, 2, 3 and SHA(abc).
constexpr std::array vectors{
    Vector{
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    },
    Vector{
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    },
    Vector{
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    },
    Vector{
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
    },
};

TEST(Ed25519, signs_and_verifies_the_vectors_of_rfc_8032) {
    for (auto const& vector : vectors) {
        auto const key = *Ed25519SigningKey::from_seed(testing::unhex(vector.seed));
        auto const message = testing::unhex(vector.message);
        auto const signature = testing::unhex(vector.signature);
        EXPECT_TRUE(base::equal(key.public_key(), testing::unhex(vector.public_key)));
        EXPECT_TRUE(base::equal(*key.sign(message), signature));
        EXPECT_TRUE(verified_ed25519(key.public_key(), message, signature));
    }
}

TEST(Ed25519, refuses_every_other_signature) {
    auto const key = *Ed25519SigningKey::generate();
    auto const message = base::view_of("a message");
    auto const signature = *key.sign(message);
    EXPECT_TRUE(verified_ed25519(key.public_key(), message, signature));
    for (std::size_t at = 0; at < signature.size(); ++at) {
        auto changed = signature;
        changed[at] ^= std::byte{1};
        EXPECT_FALSE(verified_ed25519(key.public_key(), message, changed)) << at;
    }
    auto const other = *Ed25519SigningKey::generate();
    EXPECT_FALSE(verified_ed25519(key.public_key(), base::view_of("another"), signature));
    EXPECT_FALSE(verified_ed25519(other.public_key(), message, signature));
    EXPECT_FALSE(verified_ed25519(key.public_key(), message, base::View{signature}.first(63)));
    EXPECT_FALSE(verified_ed25519({}, message, signature));
}

TEST(Ed25519, key_is_written_and_read_again) {
    auto const key = *Ed25519SigningKey::generate();
    auto const text = *key.pem();
    auto const again = Ed25519SigningKey::parse_pem(text.view());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
}

TEST(Ed25519, key_is_none_of_another_kind_nor_anything_else) {
    auto const other = *P256SigningKey::generate()->pem();
    EXPECT_FALSE(Ed25519SigningKey::parse_pem(other.view()));
    EXPECT_FALSE(Ed25519SigningKey::parse_pem({}));
    EXPECT_FALSE(Ed25519SigningKey::parse_pem(base::view_of("no key")));
    auto const good = *Ed25519SigningKey::generate()->pem();
    EXPECT_FALSE(Ed25519SigningKey::parse_pem(good.view().first(good.view().size() / 2)));
    EXPECT_FALSE(Ed25519SigningKey::from_seed(base::view_of("too short")));
}

TEST(Ed25519, key_is_read_as_openssl_writes_it) {
    // openssl genpkey -algorithm ed25519
    auto const text = base::view_of(
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n"
    );
    auto const key = Ed25519SigningKey::parse_pem(text);
    ASSERT_TRUE(key);
    EXPECT_TRUE(base::equal(key->public_key(), testing::unhex(vectors[0].public_key)));
}

} // namespace
} // namespace crypto
