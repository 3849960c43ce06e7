#include "crypto/hpke.hpp"

#include "crypto/aes_256_gcm.hpp"
#include "crypto/raw.hpp"
#include "crypto/x_wing.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/hkdf.h>
#include <openssl/hpke.h>
#include <openssl/rand.h>

namespace crypto::hpke {
namespace {

using base::Errno;
using Message = std::vector<std::byte>;

static_assert(public_size(Suite::XWing) == x_wing::public_size);
static_assert(encapsulated_size(Suite::XWing) == x_wing::encapsulated_size);

// ---- RFC 9180, 5.1: from X-Wing's secret to the one key and nonce of the message ----

// "HPKE", the KEM 0x647a, the KDF 0x0001, the AEAD 0x0002
constexpr std::string_view suite_id{"HPKE\x64\x7a\0\x01\0\x02", 10};

void append(Message& out, base::View bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

Message labelled(std::string_view label, base::View bytes) {
    Message out;
    for (auto const part : {std::string_view{"HPKE-v1"}, suite_id, label})
        append(out, base::view_of(part));
    append(out, bytes);
    return out;
}

// 4: LabeledExtract.
bool extract(base::View salt, std::string_view label, base::View secret, std::span<std::byte> out) {
    SecretBytes const material{labelled(label, secret)};
    std::size_t size = out.size();
    return HKDF_extract(
               raw_out(out),
               &size,
               EVP_sha256(),
               raw(material.view()),
               material.view().size(),
               raw(salt),
               salt.size()
           ) == 1;
}

// 4: LabeledExpand; at most 255 bytes.
bool expand(base::View key, std::string_view label, base::View info, std::span<std::byte> out) {
    Message full{std::byte{0}, std::byte(out.size())};
    append(full, labelled(label, info));
    return HKDF_expand(
               raw_out(out),
               out.size(),
               EVP_sha256(),
               raw(key),
               key.size(),
               raw(base::View{full}),
               full.size()
           ) == 1;
}

struct Schedule {
    base::Bytes<32> key{};
    base::Bytes<12> nonce{};

    Schedule() = default;
    Schedule(Schedule const&) = delete;
    Schedule& operator=(Schedule const&) = delete;
    ~Schedule() { wipe(key); }

    bool derive(base::View shared_secret, base::View info) {
        base::Bytes<1 + 32 + 32> context{}; // mode_base, and the digests of no PSK and of `info`
        base::Bytes<32> secret{};
        auto const digests = std::span{context}.subspan<1>();
        bool const derived = extract({}, "psk_id_hash", {}, digests.first<32>()) &&
                             extract({}, "info_hash", info, digests.subspan<32>()) &&
                             extract(shared_secret, "secret", {}, secret) &&
                             expand(secret, "key", context, key) &&
                             expand(secret, "base_nonce", context, nonce);
        wipe(secret);
        return derived;
    }
};

base::Result<void>
seal_with(Schedule const& schedule, base::View message, std::span<std::byte> out) {
    auto const cipher = TRY(Aes256Gcm::with(schedule.key));
    return cipher.seal(schedule.nonce, message, out);
}

base::Result<SecretBytes> open_with(Schedule const& schedule, base::View sealed) {
    auto const cipher = TRY(Aes256Gcm::with(schedule.key));
    Message message(sealed.size() - Aes256Gcm::tag_size);
    TRY(cipher.open(schedule.nonce, sealed, message));
    return SecretBytes{std::move(message)};
}

base::Result<Message> seal_x_wing(base::View to, base::View info, base::View message) {
    x_wing::PublicKey key{};
    std::ranges::copy(to, key.begin());
    auto fresh = TRY(x_wing::encapsulate(key));
    Schedule schedule;
    bool const derived = schedule.derive(fresh.secret, info);
    wipe(fresh.secret);
    if (!derived) return std::unexpected(Errno::NoMem);
    Message out(overhead(Suite::XWing) + message.size());
    std::ranges::copy(fresh.encapsulated, out.begin());
    TRY(seal_with(schedule, message, std::span{out}.subspan<x_wing::encapsulated_size>()));
    return out;
}

base::Result<SecretBytes> open_x_wing(base::View key, base::View info, base::View sealed) {
    x_wing::PrivateKey seed{};
    x_wing::Encapsulated encapsulated{};
    std::ranges::copy(key, seed.begin());
    std::ranges::copy(sealed.first<x_wing::encapsulated_size>(), encapsulated.begin());
    auto shared = x_wing::decapsulate(seed, encapsulated);
    wipe(seed);
    if (!shared) return std::unexpected(Errno::BadMsg);
    Schedule schedule;
    bool const derived = schedule.derive(*shared, info);
    wipe(*shared);
    if (!derived) return std::unexpected(Errno::NoMem);
    return open_with(schedule, sealed.subspan<x_wing::encapsulated_size>());
}

// ---- suite 1 is the library's ----

base::Result<Message> seal_x25519(base::View to, base::View info, base::View message) {
    bssl::ScopedEVP_HPKE_CTX context;
    Message out(overhead(Suite::X25519) + message.size());
    auto const ciphertext = std::span{out}.subspan(encapsulated_size(Suite::X25519));
    std::size_t encapsulated = 0;
    std::size_t size = 0;
    bool const sealed = EVP_HPKE_CTX_setup_sender(
                            context.get(),
                            raw_out(std::span{out}),
                            &encapsulated,
                            encapsulated_size(Suite::X25519),
                            EVP_hpke_x25519_hkdf_sha256(),
                            EVP_hpke_hkdf_sha256(),
                            EVP_hpke_aes_256_gcm(),
                            raw(to),
                            to.size(),
                            raw(info),
                            info.size()
                        ) == 1 &&
                        EVP_HPKE_CTX_seal(
                            context.get(),
                            raw_out(ciphertext),
                            &size,
                            ciphertext.size(),
                            raw(message),
                            message.size(),
                            nullptr,
                            0
                        ) == 1;
    ERR_clear_error();
    if (!sealed) return std::unexpected(Errno::Inval);
    return out;
}

base::Result<SecretBytes> open_x25519(base::View key, base::View info, base::View sealed) {
    bssl::ScopedEVP_HPKE_KEY recipient;
    bssl::ScopedEVP_HPKE_CTX context;
    auto const encapsulated = sealed.first(encapsulated_size(Suite::X25519));
    auto const ciphertext = sealed.subspan(encapsulated.size());
    Message message(ciphertext.size());
    std::size_t size = 0;
    bool const opened =
        EVP_HPKE_KEY_init(recipient.get(), EVP_hpke_x25519_hkdf_sha256(), raw(key), key.size()) ==
            1 &&
        EVP_HPKE_CTX_setup_recipient(
            context.get(),
            recipient.get(),
            EVP_hpke_hkdf_sha256(),
            EVP_hpke_aes_256_gcm(),
            raw(encapsulated),
            encapsulated.size(),
            raw(info),
            info.size()
        ) == 1 &&
        EVP_HPKE_CTX_open(
            context.get(),
            raw_out(std::span{message}),
            &size,
            message.size(),
            raw(ciphertext),
            ciphertext.size(),
            nullptr,
            0
        ) == 1;
    ERR_clear_error();
    if (!opened) return std::unexpected(Errno::BadMsg);
    message.resize(size);
    return SecretBytes{std::move(message)};
}

base::Result<Message> public_of(Suite suite, base::Bytes<Key::private_size> const& key) {
    Message out(public_size(suite));
    if (suite == Suite::XWing) {
        auto const made = TRY(x_wing::public_key(key));
        std::ranges::copy(made, out.begin());
        return out;
    }
    bssl::ScopedEVP_HPKE_KEY recipient;
    std::size_t size = 0;
    bool const made =
        EVP_HPKE_KEY_init(
            recipient.get(), EVP_hpke_x25519_hkdf_sha256(), raw(base::View{key}), key.size()
        ) == 1 &&
        EVP_HPKE_KEY_public_key(recipient.get(), raw_out(std::span{out}), &size, out.size()) == 1;
    if (!made) return std::unexpected(Errno::NoMem);
    return out;
}

} // namespace

base::Result<Message> seal(Suite suite, base::View to, base::View info, base::View message) {
    if (to.size() != public_size(suite)) return std::unexpected(Errno::Inval);
    return suite == Suite::XWing ? seal_x_wing(to, info, message) : seal_x25519(to, info, message);
}

base::Result<Key> Key::generate(Suite suite) {
    base::Bytes<private_size> bytes{};
    if (RAND_bytes(raw_out(bytes), bytes.size()) != 1) return std::unexpected(Errno::NoMem);
    auto made = from_private(suite, bytes);
    wipe(bytes);
    return made;
}

base::Result<Key> Key::from_private(Suite suite, base::Bytes<private_size> const& bytes) {
    return Key{suite, bytes, TRY(public_of(suite, bytes))};
}

base::Result<SecretBytes> Key::open(base::View info, base::View sealed) const {
    if (sealed.size() < overhead(suite_)) return std::unexpected(Errno::BadMsg);
    return suite_ == Suite::XWing ? open_x_wing(private_.view(), info, sealed)
                                  : open_x25519(private_.view(), info, sealed);
}

} // namespace crypto::hpke
