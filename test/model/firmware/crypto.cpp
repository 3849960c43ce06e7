// See crypto.hpp.
#include "firmware/crypto.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

namespace model::firmware {

namespace {

template <class T, void (*Free)(T*)> struct Freeing {
    void operator()(T* object) const { Free(object); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freeing<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX, EVP_MD_CTX_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using Ecdsa = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG, ECDSA_SIG_free>>;

// Safety: OpenSSL's bytes are unsigned char.
unsigned char* out(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
unsigned char const* in(std::span<std::byte const> bytes) {
    return reinterpret_cast<unsigned char const*>(bytes.data());
}
int length_of(std::span<std::byte const> bytes) { return static_cast<int>(bytes.size()); }

void must(bool good) {
    if (!good) std::abort(); // OpenSSL without memory
}

std::array<unsigned char, 12> nonce(std::uint64_t number) {
    std::array<unsigned char, 12> result{};
    std::memcpy(result.data(), &number, sizeof number);
    return result;
}

} // namespace

Sha384 sha384(std::span<std::byte const> data) {
    Sha384 result{};
    must(EVP_Digest(data.data(), data.size(), out(result), nullptr, EVP_sha384(), nullptr) == 1);
    return result;
}

void fill_random(std::span<std::byte> to) { must(RAND_bytes(out(to), length_of(to)) == 1); }

Key256 derive(std::span<std::byte const> root, std::span<std::byte const> data) {
    Sha384 whole{};
    unsigned length = 0;
    must(
        HMAC(
            EVP_sha384(), root.data(), length_of(root), in(data), data.size(), out(whole), &length
        ) != nullptr
    );
    Key256 result{};
    std::ranges::copy(std::span{whole}.first(result.size()), result.begin());
    return result;
}

std::array<std::byte, tag_size> seal(Message const& message, std::span<std::byte> text) {
    Cipher const context{EVP_CIPHER_CTX_new()};
    auto const iv = nonce(message.number);
    std::array<std::byte, tag_size> tag{};
    int length = 0;
    must(
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(message.key), iv.data()) ==
            1 &&
        EVP_EncryptUpdate(
            context.get(), nullptr, &length, in(message.additional), length_of(message.additional)
        ) == 1 &&
        EVP_EncryptUpdate(context.get(), out(text), &length, in(text), length_of(text)) == 1 &&
        EVP_EncryptFinal_ex(context.get(), nullptr, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data()) == 1
    );
    return tag;
}

bool open(
    Message const& message, std::span<std::byte> text, std::span<std::byte const, tag_size> tag
) {
    Cipher const context{EVP_CIPHER_CTX_new()};
    auto const iv = nonce(message.number);
    std::array<std::byte, tag_size> expected{};
    std::ranges::copy(tag, expected.begin());
    int length = 0;
    must(
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(message.key), iv.data()) ==
            1 &&
        EVP_DecryptUpdate(
            context.get(), nullptr, &length, in(message.additional), length_of(message.additional)
        ) == 1 &&
        EVP_DecryptUpdate(context.get(), out(text), &length, in(text), length_of(text)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, expected.data()) == 1
    );
    return EVP_DecryptFinal_ex(context.get(), nullptr, &length) == 1;
}

void encrypt_page(
    Key256 const& key,
    std::uint64_t machine_address,
    std::span<std::byte const> from,
    std::span<std::byte> to
) {
    Cipher const context{EVP_CIPHER_CTX_new()};
    std::array<unsigned char, 16> counter{};
    std::memcpy(counter.data(), &machine_address, sizeof machine_address);
    int length = 0;
    must(
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, in(key), counter.data()) ==
            1 &&
        EVP_EncryptUpdate(context.get(), out(to), &length, in(from), length_of(from)) == 1
    );
}

Signature sign_p384(evp_pkey_st* key, std::span<std::byte const> data) {
    Digest const context{EVP_MD_CTX_new()};
    std::array<unsigned char, 128> der{};
    std::size_t length = der.size();
    must(
        context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key) == 1 &&
        EVP_DigestSign(context.get(), der.data(), &length, in(data), data.size()) == 1
    );
    unsigned char const* at = der.data();
    Ecdsa const pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length))};
    Signature result;
    must(
        pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out(result.r), 48) == 48 &&
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out(result.s), 48) == 48
    );
    return result;
}

bool verify_p384(
    std::span<std::byte const, 48> x,
    std::span<std::byte const, 48> y,
    std::span<std::byte const> data,
    Signature const& signature
) {
    std::array<std::byte, 97> point{std::byte{4}};
    std::ranges::copy(x, point.begin() + 1);
    std::ranges::copy(y, point.begin() + 49);
    std::array<char, 10> group{"secp384r1"};
    std::array const parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()
    };
    EVP_PKEY_CTX* const maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    EVP_PKEY* made = nullptr;
    bool const good =
        EVP_PKEY_fromdata_init(maker) == 1 &&
        EVP_PKEY_fromdata(
            maker, &made, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters.data())
        ) == 1; // it only reads
    EVP_PKEY_CTX_free(maker);
    PublicKey const key{made};
    if (!good) return false;
    Ecdsa const pair{ECDSA_SIG_new()};
    must(
        pair && ECDSA_SIG_set0(
                    pair.get(),
                    BN_bin2bn(in(signature.r), 48, nullptr),
                    BN_bin2bn(in(signature.s), 48, nullptr)
                ) == 1
    );
    std::array<unsigned char, 128> der{};
    unsigned char* end = der.data();
    int const length = i2d_ECDSA_SIG(pair.get(), &end);
    Digest const context{EVP_MD_CTX_new()};
    return length > 0 && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(
               context.get(), der.data(), static_cast<std::size_t>(length), in(data), data.size()
           ) == 1;
}

} // namespace model::firmware
