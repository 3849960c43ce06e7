#include "crypto/segments.hpp"

#include "crypto/hkdf.hpp"
#include "crypto/raw.hpp"
#include "crypto/wipe.hpp"

#include <algorithm>

#include <openssl/rand.h>

namespace crypto {

using base::Errno;

namespace {

constexpr std::size_t salt_size = 32;
constexpr std::size_t prefix_size = 7;
static_assert(Segments::header_size == 1 + salt_size + prefix_size);

using Nonce = base::Bytes<Aes256Gcm::nonce_size>;

Nonce nonce_of(base::View prefix, std::uint32_t number, bool last) {
    Nonce out{};
    std::ranges::copy(prefix, out.begin());
    for (unsigned i = 0; i < 4; ++i) out[prefix_size + i] = std::byte(number >> (24 - 8 * i));
    out.back() = std::byte{last};
    return out;
}

} // namespace

base::Result<Segments>
Segments::of(base::View key, base::View associated_data, base::Bytes<header_size> const& header) {
    if (header[0] != std::byte{header_size} || key.size() != key_size)
        return std::unexpected(Errno::BadMsg);
    auto const salt = base::View{header}.subspan(1, salt_size);
    base::Bytes<key_size> derived{};
    bool const made = hkdf_sha256(key, salt, associated_data, derived);
    auto cipher = Aes256Gcm::with(derived);
    wipe(derived);
    if (!made || !cipher) return std::unexpected(Errno::NoMem);
    return Segments{header, std::move(*cipher)};
}

base::Result<Segments> Segments::fresh(base::View key, base::View associated_data) {
    base::Bytes<header_size> header{std::byte{header_size}};
    if (RAND_bytes(raw_out(std::span{header}.subspan(1)), header_size - 1) != 1)
        return std::unexpected(Errno::NoMem);
    return of(key, associated_data, header);
}

base::Result<void>
Segments::seal(std::uint32_t number, bool last, base::View text, std::span<std::byte> out) const {
    auto const prefix = base::View{header_}.subspan(1 + salt_size);
    return cipher_.seal(nonce_of(prefix, number, last), text, out);
}

base::Result<void>
Segments::open(std::uint32_t number, bool last, base::View sealed, std::span<std::byte> out) const {
    auto const prefix = base::View{header_}.subspan(1 + salt_size);
    return cipher_.open(nonce_of(prefix, number, last), sealed, out);
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
