#pragma once

// Compiled code of an application, as the host keeps it for the next start and as a Keep hands it
// over to be kept.
//
//     0x00  magic   "ENXARTE2"
//     0x08  length  u64, of the code, as it lies here
//     0x10  module  SHA-256 of the application's file that was compiled
//     0x30  engine  SHA-256 of what decides about generated code: engine, settings, processor
//     0x50  digest  SHA-256 of the code
//     0x70  the code
//
// It is native code: whoever takes it believes it. So the host looks whether it is whole and of
// this module, both when it is handed over and before it is given out. To a Keep that attests the
// host's word is worth nothing: what it hands over is sealed (AES-256-GCM: nonce, ciphertext, tag;
// module and engine are associated data) under a key that only an equal Keep gets (code_key.hpp),
// and it takes nothing else.

#include "base/result.hpp"
#include "base/wire.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace protocol::launch {

struct ArtefactHeader {
    base::Bytes<8> magic;   // 0x00
    base::U64 length;       // 0x08
    base::Bytes<32> module; // 0x10
    base::Bytes<32> engine; // 0x30
    base::Bytes<32> digest; // 0x50
};
static_assert(base::Wire<ArtefactHeader> && sizeof(ArtefactHeader) == 0x70);

inline constexpr auto artefact_magic =
    std::bit_cast<base::Bytes<8>>(std::array{'E', 'N', 'X', 'A', 'R', 'T', 'E', '2'});

// How large an artefact can be: what an engine makes of a byte, and of none.
constexpr std::uint64_t most_artefact(std::uint64_t module_bytes) {
    constexpr std::uint64_t for_each_byte = 64;
    constexpr std::uint64_t for_none = 1 << 20;
    constexpr std::uint64_t most = 4ULL << 30;
    auto const bytes = for_none + (module_bytes * for_each_byte);
    return bytes < most ? bytes : most;
}

// Whether this is how an artefact of that module begins whose code has so many bytes.
constexpr bool
begins_artefact(ArtefactHeader const& header, base::Bytes<32> const& module, std::uint64_t bytes) {
    return header.magic == artefact_magic && header.module == module && header.length == bytes;
}

} // namespace protocol::launch
