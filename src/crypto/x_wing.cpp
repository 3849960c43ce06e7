#include "crypto/x_wing.hpp"

#include "crypto/raw.hpp"
#include "crypto/wipe.hpp"

#include <algorithm>
#include <string_view>

#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/experimental/kem_deterministic_api.h>
#include <openssl/nid.h>
#include <openssl/rand.h>

namespace crypto::x_wing {
namespace {

using base::Errno;

constexpr std::size_t ml_kem_public = 1184;
constexpr std::size_t ml_kem_encapsulated = 1088;
constexpr std::size_t x25519 = 32; // each of its keys, and the secret

// Bytes of a secret on the stack.
template <std::size_t N> struct Secret {
    base::Bytes<N> bytes{};
    Secret() = default;
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret() { wipe(bytes); }
};

bssl::UniquePtr<EVP_PKEY_CTX> ml_kem() {
    bssl::UniquePtr<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_id(EVP_PKEY_KEM, nullptr)};
    if (context && EVP_PKEY_CTX_kem_set_params(context.get(), NID_MLKEM768) != 1) return {};
    return context;
}

// 5.2 of the draft: what the seed stands for.
struct Expanded {
    bssl::UniquePtr<EVP_PKEY> ml_kem_key;
    Secret<x25519> x25519_key;
};

base::Result<void> expand(PrivateKey const& seed, Expanded& out) {
    Secret<96> bytes;
    bssl::ScopedEVP_MD_CTX shake;
    std::size_t size = 64; // of ML-KEM's d and z
    auto const context = ml_kem();
    EVP_PKEY* key = nullptr;
    bool const made =
        context && EVP_DigestInit_ex(shake.get(), EVP_shake256(), nullptr) == 1 &&
        EVP_DigestUpdate(shake.get(), seed.data(), seed.size()) == 1 &&
        EVP_DigestFinalXOF(shake.get(), raw_out(bytes.bytes), bytes.bytes.size()) == 1 &&
        EVP_PKEY_keygen_init(context.get()) == 1 &&
        EVP_PKEY_keygen_deterministic(context.get(), &key, raw_out(bytes.bytes), &size) == 1;
    if (!made) return std::unexpected(Errno::NoMem);
    out.ml_kem_key.reset(key);
    std::ranges::copy(std::span{bytes.bytes}.subspan<64, 32>(), out.x25519_key.bytes.begin());
    return {};
}

// The parts that the secret is made of (5.3).
struct Parts {
    Secret<32> ml_kem_secret;
    Secret<32> x25519_secret;
    base::View x25519_encapsulated;
    base::View x25519_public;
};

base::Result<SharedSecret> combine(Parts const& parts) {
    constexpr std::string_view label = R"(\.//^\)";
    bssl::ScopedEVP_MD_CTX sha3;
    SharedSecret out{};
    bool made = EVP_DigestInit_ex(sha3.get(), EVP_sha3_256(), nullptr) == 1;
    for (base::View const part :
         {base::View{parts.ml_kem_secret.bytes},
          base::View{parts.x25519_secret.bytes},
          parts.x25519_encapsulated,
          parts.x25519_public,
          base::view_of(label)})
        made = made && EVP_DigestUpdate(sha3.get(), part.data(), part.size()) == 1;
    unsigned size = 0;
    made = made && EVP_DigestFinal_ex(sha3.get(), raw_out(out), &size) == 1;
    if (!made) return std::unexpected(Errno::NoMem);
    return out;
}

} // namespace

base::Result<PublicKey> public_key(PrivateKey const& key) {
    Expanded expanded;
    TRY(expand(key, expanded));
    PublicKey out{};
    std::size_t size = ml_kem_public;
    if (EVP_PKEY_get_raw_public_key(expanded.ml_kem_key.get(), raw_out(out), &size) != 1 ||
        size != ml_kem_public)
        return std::unexpected(Errno::NoMem);
    X25519_public_from_private(
        raw_out(std::span{out}.subspan<ml_kem_public>()), raw(base::View{expanded.x25519_key.bytes})
    );
    return out;
}

base::Result<Fresh> encapsulate(PublicKey const& to) {
    auto const theirs = base::View{to};
    bssl::UniquePtr<EVP_PKEY> const key{EVP_PKEY_kem_new_raw_public_key(
        NID_MLKEM768, raw(theirs.first(ml_kem_public)), ml_kem_public
    )};
    bssl::UniquePtr<EVP_PKEY_CTX> const context{
        key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr
    };
    Fresh out{};
    auto const encapsulated = std::span{out.encapsulated};
    Parts parts;
    parts.x25519_encapsulated = encapsulated.subspan<ml_kem_encapsulated>();
    parts.x25519_public = theirs.subspan(ml_kem_public);
    std::size_t size = ml_kem_encapsulated;
    std::size_t secret_size = parts.ml_kem_secret.bytes.size();
    Secret<x25519> ephemeral;
    X25519_keypair(raw_out(encapsulated.subspan<ml_kem_encapsulated>()), raw_out(ephemeral.bytes));
    bool const made = context &&
                      EVP_PKEY_encapsulate(
                          context.get(),
                          raw_out(encapsulated),
                          &size,
                          raw_out(parts.ml_kem_secret.bytes),
                          &secret_size
                      ) == 1 &&
                      X25519(
                          raw_out(parts.x25519_secret.bytes),
                          raw(base::View{ephemeral.bytes}),
                          raw(parts.x25519_public)
                      ) == 1;
    ERR_clear_error();
    if (!made) return std::unexpected(Errno::Inval);
    out.secret = TRY(combine(parts));
    return out;
}

base::Result<SharedSecret> decapsulate(PrivateKey const& key, Encapsulated const& encapsulated) {
    Expanded expanded;
    TRY(expand(key, expanded));
    auto const theirs = base::View{encapsulated};
    base::Bytes<x25519> own{};
    X25519_public_from_private(raw_out(own), raw(base::View{expanded.x25519_key.bytes}));
    Parts parts;
    parts.x25519_encapsulated = theirs.subspan(ml_kem_encapsulated);
    parts.x25519_public = own;
    bssl::UniquePtr<EVP_PKEY_CTX> const context{
        EVP_PKEY_CTX_new(expanded.ml_kem_key.get(), nullptr)
    };
    std::size_t secret_size = parts.ml_kem_secret.bytes.size();
    bool const opened = context &&
                        EVP_PKEY_decapsulate(
                            context.get(),
                            raw_out(parts.ml_kem_secret.bytes),
                            &secret_size,
                            raw(theirs),
                            ml_kem_encapsulated
                        ) == 1 &&
                        X25519(
                            raw_out(parts.x25519_secret.bytes),
                            raw(base::View{expanded.x25519_key.bytes}),
                            raw(parts.x25519_encapsulated)
                        ) == 1;
    ERR_clear_error();
    if (!opened) return std::unexpected(Errno::Inval);
    return combine(parts);
}

} // namespace crypto::x_wing
