// The cipher of guest messages beside published vectors, and beside AWS-LC's own AES-GCM.

#include "base/hex.hpp"
#include "crypto/aes_256_gcm.hpp"
#include "keep/shim/snp/message_cipher.hpp"

#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

using Bytes = std::vector<std::byte>;

Bytes from_hex(std::string_view hex) {
    Bytes out(hex.size() / 2);
    EXPECT_TRUE(base::unhex(hex, out));
    return out;
}

template <std::size_t N> base::Bytes<N> exactly(std::string_view hex) {
    base::Bytes<N> out{};
    EXPECT_TRUE(base::unhex(hex, out));
    return out;
}

struct Vector {
    std::string_view key, nonce, associated, text, sealed, tag;
};

// McGrew and Viega, The Galois/Counter Mode of Operation, as NIST has it: test cases 13 to 16.
constexpr std::string_view zero_key =
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr std::string_view text =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
constexpr std::string_view sealed =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
constexpr std::string_view nonce = "cafebabefacedbaddecaf888";
constexpr std::array vectors{
    Vector{zero_key, "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    Vector{
        zero_key,
        "000000000000000000000000",
        "",
        "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919"
    },
    Vector{key, nonce, "", text, sealed, "b094dac5d93471bdec1a502270e3cc6c"},
    Vector{
        key,
        nonce,
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        text.substr(0, 120),
        sealed.substr(0, 120),
        "76fc6ece0f4e1768cddf8853bb2d551b"
    },
};

TEST(MessageCipherTest, agrees_with_published_vectors) {
    for (auto const& vector : vectors) {
        auto const the_key = exactly<32>(vector.key);
        auto const the_nonce = exactly<12>(vector.nonce);
        auto const associated = from_hex(vector.associated);
        auto bytes = from_hex(vector.text);
        auto const tag = seal(the_key, the_nonce, associated, bytes);
        EXPECT_EQ(bytes, from_hex(vector.sealed));
        EXPECT_EQ(tag, exactly<16>(vector.tag));
        EXPECT_TRUE(open(the_key, the_nonce, associated, bytes, tag));
        EXPECT_EQ(bytes, from_hex(vector.text));
    }
}

TEST(MessageCipherTest, agrees_with_aws_lc_for_every_length) {
    std::mt19937_64 random{33};
    auto const fill = [&](auto& bytes) {
        for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    };
    for (std::size_t size = 0; size < 1400; size += size < 80 ? 1 : 61) {
        base::Bytes<32> the_key{};
        base::Bytes<12> the_nonce{};
        Bytes associated(size % 50);
        Bytes plain(size);
        fill(the_key);
        fill(the_nonce);
        fill(associated);
        fill(plain);
        Bytes expected(size + 16);
        ASSERT_TRUE(crypto::Aes256Gcm::with(the_key)->seal(the_nonce, plain, expected, associated));
        auto bytes = plain;
        auto const tag = seal(the_key, the_nonce, associated, bytes);
        EXPECT_EQ(std::memcmp(bytes.data(), expected.data(), size), 0) << size;
        EXPECT_EQ(std::memcmp(tag.data(), expected.data() + size, 16), 0) << size;
        EXPECT_TRUE(open(the_key, the_nonce, associated, bytes, tag)) << size;
        EXPECT_EQ(bytes, plain) << size;
    }
}

TEST(MessageCipherTest, what_was_not_sealed_so_is_wiped) {
    auto const the_key = exactly<32>(key);
    auto const the_nonce = exactly<12>(nonce);
    for (unsigned bit = 0; bit < 128; ++bit) {
        auto bytes = from_hex(text);
        auto tag = seal(the_key, the_nonce, {}, bytes);
        tag[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        EXPECT_FALSE(open(the_key, the_nonce, {}, bytes, tag)) << bit;
        EXPECT_TRUE(base::all_zero(bytes));
    }
}

} // namespace
} // namespace shim::snp
