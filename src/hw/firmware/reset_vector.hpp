#pragma once

// What the reset vector of OVMF says of a firmware image: a table of entries, each known by a GUID,
// that ends 32 bytes before the image does and is read backwards. EDK II,
// OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm and X64/OvmfSevMetadata.asm.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::firmware {

using Guid = base::Bytes<16>; // as in memory: the first three fields little-endian

consteval Guid
guid(std::uint32_t a, std::uint16_t b, std::uint16_t c, std::uint16_t d, std::uint64_t e) {
    Guid out{};
    for (std::size_t i = 0; i < 4; ++i) out[i] = std::byte(a >> (8 * i) & 0xff);
    for (std::size_t i = 0; i < 2; ++i) out[4 + i] = std::byte(b >> (8 * i) & 0xff);
    for (std::size_t i = 0; i < 2; ++i) out[6 + i] = std::byte(c >> (8 * i) & 0xff);
    for (std::size_t i = 0; i < 2; ++i) out[8 + i] = std::byte(d >> (8 * (1 - i)) & 0xff);
    for (std::size_t i = 0; i < 6; ++i) out[10 + i] = std::byte(e >> (8 * (5 - i)) & 0xff);
    return out;
}

// The last entry, whose size is that of the whole table.
inline constexpr Guid table_footer = guid(0x96b582de, 0x1fb2, 0x45f7, 0xbaea, 0xa366c55a082d);
inline constexpr Guid sev_hash_table = guid(0x7255371f, 0x3a3b, 0x4b04, 0x927b, 0x1da6efa8d454);
inline constexpr Guid sev_secret = guid(0x4c2eb361, 0x7d9b, 0x4cc3, 0x8081, 0x127c90d3d294);
inline constexpr Guid sev_es_reset = guid(0x00f771de, 0x1a7e, 0x4fcb, 0x890e, 0x68c77e2fb44e);
inline constexpr Guid sev_metadata = guid(0xdc886566, 0x984a, 0x4798, 0xa75e, 0x5585a7bf67cc);
inline constexpr Guid tdx_metadata = guid(0xe47a6535, 0x984a, 0x4798, 0x865e, 0x4685a7bf8ec2);

inline constexpr std::size_t behind_table = 0x20; // bytes: the reset vector itself

// At the end of each entry, behind what it says.
struct EntryFoot {
    base::U16 size; // 0x00  of the whole entry with this foot
    Guid guid;      // 0x02
};
static_assert(base::Wire<EntryFoot> && sizeof(EntryFoot) == 18);

// Where the metadata of SEV begin, counted back from the end of the image.
struct SevMetadata {
    base::Bytes<4> signature; // 0x00  "ASEV"
    base::U32 size;           // 0x04  with all sections
    base::U32 version;        // 0x08  1
    base::U32 sections;       // 0x0c
};
static_assert(base::Wire<SevMetadata> && sizeof(SevMetadata) == 0x10);

// A part of the guest's memory that is laid out before launch.
struct SevSection {
    base::U32 base; // 0x00  guest physical address
    base::U32 size; // 0x04
    base::U32 type; // 0x08
};
static_assert(base::Wire<SevSection> && sizeof(SevSection) == 0x0c);

// UEFI Platform Initialization 1.8, volume 3, 3.2.1: a firmware volume has "_FVH" here.
inline constexpr std::size_t volume_signature_offset = 0x28;

} // namespace hw::firmware
