#pragma once

// Tiles: how a log lies as static files (C2SP tlog-tiles). A tile of level L holds up to 256 hashes
// of nodes at height 8 L; a bundle of entries holds the leaves below a tile of level 0.
//
//     tile/<L>/<N>[.p/<W>]       hashes, 32 bytes each
//     tile/entries/<N>[.p/<W>]   entries, each behind its length (u16, big-endian)
//
// N in groups of three digits, all but the last with an x before: 1234067 is x001/x234/067.

#include "crypto/digest.hpp"
#include "service/store/rows.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

inline constexpr unsigned tile_width = 256;
inline constexpr unsigned tile_height = 8;
inline constexpr unsigned highest_level = 63; // of the specification; 2^64 leaves need 8

struct TileName {
    std::optional<unsigned> level; // nothing: a bundle of entries
    std::uint64_t index = 0;
    unsigned width = tile_width; // 1 to 256; less than that is partial

    bool operator==(TileName const&) const = default;
};

std::string path_of(TileName const& name);
// Only what path_of() writes; anything else, "..", a leading zero, a full width with .p: nothing.
std::optional<TileName> parse_tile_path(std::string_view path);

// Nothing: not that many hashes.
std::optional<std::vector<crypto::Sha256Digest>> parse_tile(base::View bytes, unsigned width);
Blob encode_tile(std::span<crypto::Sha256Digest const> hashes);

void append_to_bundle(Blob& bundle, base::View entry);
// Nothing: not exactly that many entries.
std::optional<std::vector<base::View>> parse_bundle(base::View bytes, unsigned width);

} // namespace service
