#include "crypto/segments.hpp"

#include "crypto/hkdf.hpp"
#include "crypto/raw.hpp"
#include "crypto/wipe.hpp"

#include <algorithm>
#include <utility>

#include <openssl/aead.h>
#include <openssl/err.h>
#include <openssl/rand.h>

namespace crypto {

using base::Errno;

namespace {

constexpr std::size_t salt_size = 32;
constexpr std::size_t prefix_size = 7;
constexpr std::size_t nonce_size = 12;
static_assert(Segments::header_size == 1 + salt_size + prefix_size);

using Nonce = base::Bytes<nonce_size>;

Nonce nonce_of(base::View prefix, std::uint32_t number, bool last) {
    Nonce out{};
    std::ranges::copy(prefix, out.begin());
    for (unsigned i = 0; i < 4; ++i) out[prefix_size + i] = std::byte(number >> (24 - 8 * i));
    out.back() = std::byte{last};
    return out;
}

} // namespace

struct Segments::Cipher {
    bssl::ScopedEVP_AEAD_CTX context;
};

base::Result<Segments>
Segments::of(base::View key, base::View associated_data, base::Bytes<header_size> const& header) {
    if (header[0] != std::byte{header_size} || key.size() != key_size)
        return std::unexpected(Errno::BadMsg);
    auto const salt = base::View{header}.subspan(1, salt_size);
    base::Bytes<key_size> derived{};
    auto cipher = std::make_unique<Cipher>();
    bool const made =
        hkdf_sha256(key, salt, associated_data, derived) && EVP_AEAD_CTX_init(
                                                                cipher->context.get(),
                                                                EVP_aead_aes_256_gcm(),
                                                                raw(base::View{derived}),
                                                                derived.size(),
                                                                tag_size,
                                                                nullptr
                                                            ) == 1;
    wipe(derived);
    if (!made) return std::unexpected(Errno::NoMem);
    return Segments{header, cipher.release()};
}

base::Result<Segments> Segments::fresh(base::View key, base::View associated_data) {
    base::Bytes<header_size> header{std::byte{header_size}};
    if (RAND_bytes(raw_out(std::span{header}.subspan(1)), header_size - 1) != 1)
        return std::unexpected(Errno::NoMem);
    return of(key, associated_data, header);
}

Segments::~Segments() { delete cipher_; }
Segments::Segments(Segments&& other) noexcept
    : header_{other.header_}, cipher_{std::exchange(other.cipher_, nullptr)} {}

base::Result<void>
Segments::seal(std::uint32_t number, bool last, base::View text, std::span<std::byte> out) const {
    auto const nonce = nonce_of(base::View{header_}.subspan(1 + salt_size), number, last);
    std::size_t size = 0;
    bool const sealed = out.size() == text.size() + tag_size && EVP_AEAD_CTX_seal(
                                                                    cipher_->context.get(),
                                                                    raw_out(out),
                                                                    &size,
                                                                    out.size(),
                                                                    raw(base::View{nonce}),
                                                                    nonce.size(),
                                                                    raw(text),
                                                                    text.size(),
                                                                    nullptr,
                                                                    0
                                                                ) == 1;
    ERR_clear_error();
    if (!sealed) return std::unexpected(Errno::Inval);
    return {};
}

base::Result<void>
Segments::open(std::uint32_t number, bool last, base::View sealed, std::span<std::byte> out) const {
    auto const nonce = nonce_of(base::View{header_}.subspan(1 + salt_size), number, last);
    std::size_t size = 0;
    bool const opened = sealed.size() >= tag_size && out.size() == sealed.size() - tag_size &&
                        EVP_AEAD_CTX_open(
                            cipher_->context.get(),
                            raw_out(out),
                            &size,
                            out.size(),
                            raw(base::View{nonce}),
                            nonce.size(),
                            raw(sealed),
                            sealed.size(),
                            nullptr,
                            0
                        ) == 1;
    ERR_clear_error();
    if (!opened) return std::unexpected(Errno::BadMsg);
    return {};
}

std::uint64_t Segments::offset_of(std::uint32_t number) {
    return number == 0 ? header_size : std::uint64_t{number} * segment_size;
}

std::size_t Segments::text_size(std::uint32_t number) {
    return segment_size - tag_size - (number == 0 ? header_size : 0);
}

std::uint64_t Segments::sealed_size(std::uint64_t text) {
    auto const first = text_size(0);
    auto const further = text > first ? (text - first + text_size(1) - 1) / text_size(1) : 0;
    return header_size + text + (1 + further) * tag_size;
}

std::uint32_t Segments::count_of(std::uint64_t sealed) {
    return static_cast<std::uint32_t>((sealed + segment_size - 1) / segment_size);
}

std::optional<std::uint64_t> Segments::text_size_of(std::uint64_t sealed) {
    constexpr std::uint64_t most = std::uint64_t{segment_size} << 31;
    if (sealed < header_size + tag_size || sealed > most) return {};
    auto const overhead = header_size + std::uint64_t{count_of(sealed)} * tag_size;
    if (sealed < overhead) return {};
    auto const text = sealed - overhead;
    if (sealed_size(text) != sealed) return {};
    return text;
}

} // namespace crypto
