#pragma once

// A long text encrypted in segments, each of which can be believed by itself: Tink's "AES-GCM-HKDF
// streaming" with AES-256, SHA-256 and segments of 1 MiB, byte for byte.
//
//     header   40 (1 byte) || salt (32) || prefix (7)
//     key      HKDF-SHA256(key material, salt, associated data), 32 bytes
//     segment  AES-256-GCM(key, prefix || number (4, big-endian) || 1 for the last one, else 0)
//
// A segment has 1 MiB of ciphertext, its tag of 16 bytes with it; the first one is shorter by the
// header, the last one may be shorter. Cut, exchanged and doubled segments do not open.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/aes_256_gcm.hpp"

#include <cstdint>
#include <optional>

namespace crypto {

class Segments {
public:
    static constexpr std::size_t key_size = 32;
    static constexpr std::size_t header_size = 40;
    static constexpr std::size_t tag_size = Aes256Gcm::tag_size;
    static constexpr std::size_t segment_size = std::size_t{1} << 20;

    // `key` has 32 bytes. Fresh salt and prefix: no two texts have a nonce in common.
    static base::Result<Segments> fresh(base::View key, base::View associated_data);
    // Of a text that begins with this header. Errno::BadMsg: no such header.
    static base::Result<Segments>
    of(base::View key, base::View associated_data, base::Bytes<header_size> const& header);

    base::Bytes<header_size> const& header() const { return header_; }

    // `out` has tag_size bytes more than `text`, which is full unless it is the last one.
    base::Result<void>
    seal(std::uint32_t number, bool last, base::View text, std::span<std::byte> out) const;
    // `out` has tag_size bytes less than `sealed`. Errno::BadMsg: not this segment of this text;
    // what is in `out` means nothing then.
    base::Result<void>
    open(std::uint32_t number, bool last, base::View sealed, std::span<std::byte> out) const;

    // Where segment `number` begins in the ciphertext, and how many bytes of text a full one has.
    static std::uint64_t offset_of(std::uint32_t number);
    static std::size_t text_size(std::uint32_t number);
    static std::uint64_t sealed_size(std::uint64_t text);
    // Of the text; nothing where no ciphertext has that size.
    static std::optional<std::uint64_t> text_size_of(std::uint64_t sealed);
    static std::uint32_t count_of(std::uint64_t sealed);

private:
    Segments(base::Bytes<header_size> const& header, Aes256Gcm cipher)
        : header_{header}, cipher_{std::move(cipher)} {}

    base::Bytes<header_size> header_;
    Aes256Gcm cipher_;
};

} // namespace crypto
