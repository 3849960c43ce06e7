// Text comes only of a ciphertext whose code was right: the vector of NIST, and every way to miss
// it.

#include "base/hex.hpp"
#include "crypto/ctr_hmac.hpp"

#include <gtest/gtest.h>
#include <openssl/digest.h>
#include <openssl/hmac.h>

namespace crypto {
namespace {

using Bytes = std::vector<std::byte>;

Bytes hex(std::string_view digits) { return base::unhex(digits).value(); }

// NIST SP 800-38A, F.5.5: key, and the first block of the counter.
Bytes const key =
    hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
Bytes const text =
    hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
Bytes const ciphertext =
    hex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
        "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");

CtrCode::Code code_of(base::View bytes) {
    CtrCode::Code out{};
    unsigned size = 0;
    // Safety: uint8_t is unsigned char, which may alias any object.
    HMAC(
        EVP_sha256(),
        key.data(),
        CtrCode::cipher_key_size,
        reinterpret_cast<std::uint8_t const*>(bytes.data()),
        bytes.size(),
        reinterpret_cast<std::uint8_t*>(out.data()),
        &size
    );
    return out;
}

base::Result<CtrText> believed(base::View bytes, CtrCode::Code const& code) {
    auto all = TRY(CtrCode::with(key));
    TRY(all.add(bytes));
    return std::move(all).believe(code);
}

TEST(CtrCode, that_is_right_opens_the_text_in_pieces_of_any_size) {
    for (std::size_t step = 1; step <= ciphertext.size(); ++step) {
        auto opened = believed(ciphertext, code_of(ciphertext));
        ASSERT_TRUE(opened);
        Bytes out(text.size());
        for (std::size_t at = 0; at < out.size(); at += step) {
            auto const size = std::min(step, out.size() - at);
            auto const piece = base::View{ciphertext}.subspan(at, size);
            ASSERT_TRUE(opened->decrypt(piece, std::span{out}.subspan(at, size)));
        }
        EXPECT_EQ(out, text) << step;
    }
}

TEST(CtrCode, is_the_same_whatever_the_pieces) {
    auto in_pieces = CtrCode::with(key);
    for (auto const byte : ciphertext) ASSERT_TRUE(in_pieces->add(base::View{&byte, 1}));
    EXPECT_TRUE(std::move(*in_pieces).believe(code_of(ciphertext)));
    EXPECT_TRUE(believed({}, code_of({})));
}

TEST(CtrCode, of_other_bytes_or_another_key_opens_nothing) {
    auto const code = code_of(ciphertext);
    for (std::size_t i = 0; i < code.size(); ++i) {
        auto other = code;
        other[i] ^= std::byte{1};
        EXPECT_FALSE(believed(ciphertext, other)) << i;
    }
    for (std::size_t i = 0; i < ciphertext.size(); ++i) {
        auto other = ciphertext;
        other[i] ^= std::byte{128};
        EXPECT_FALSE(believed(other, code)) << i;
    }
    EXPECT_FALSE(believed(base::View{ciphertext}.first(ciphertext.size() - 1), code));
    EXPECT_FALSE(believed({}, code));
    auto other_key = key;
    other_key[0] ^= std::byte{1};
    auto all = CtrCode::with(other_key);
    ASSERT_TRUE(all->add(ciphertext));
    EXPECT_FALSE(std::move(*all).believe(code));
}

TEST(CtrCode, takes_keys_of_one_size_and_text_of_the_ciphertexts) {
    for (std::size_t const size : {0U, 32U, 47U, 49U}) {
        Bytes const other(size);
        EXPECT_FALSE(CtrCode::with(other)) << size;
    }
    auto opened = believed(ciphertext, code_of(ciphertext));
    Bytes out(ciphertext.size() - 1);
    EXPECT_FALSE(opened->decrypt(ciphertext, out));
}

} // namespace
} // namespace crypto
