#pragma once

// The blocks of 64 bytes that the processor hashes into MRENCLAVE: Intel SDM volume 3D, 40.3,
// operation of ECREATE, EADD and EEXTEND. A file of them, with the bytes that each EEXTEND
// measures behind it, is an SGXS stream.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::sgx {

inline constexpr std::uint64_t page_size = 4096;
inline constexpr std::size_t extend_size = 256; // what one EEXTEND measures

using Tag = base::Bytes<8>;
consteval Tag tag(char const (&letters)[9]) { // NOLINT(modernize-avoid-c-arrays): a literal
    Tag out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::byte(letters[i]);
    return out;
}
inline constexpr Tag ecreate_tag = tag("ECREATE\0");
inline constexpr Tag eadd_tag = tag("EADD\0\0\0\0");
inline constexpr Tag eextend_tag = tag("EEXTEND\0");
// Not of the processor: in the place of EEXTEND, for what is loaded and not measured (Fortanix,
// "Enhanced SGX stream format").
inline constexpr Tag unmeasured_tag = tag("UNMEASRD");

struct EcreateBlock {
    Tag tag;                     // 0x00
    base::U32 ssa_frame_size;    // 0x08  pages
    base::U64 size;              // 0x0c  bytes, a power of two
    base::Bytes<44> reserved_14; // 0x14  zero
};
static_assert(base::Wire<EcreateBlock> && sizeof(EcreateBlock) == 0x40);
static_assert(offsetof(EcreateBlock, size) == 0x0c);

// 38.11, SECINFO.FLAGS.
struct SecinfoFlags {
    static constexpr std::uint64_t read = 1 << 0;
    static constexpr std::uint64_t write = 1 << 1;
    static constexpr std::uint64_t execute = 1 << 2;
    static constexpr std::uint64_t page_type_mask = 0xff00;
    static constexpr std::uint64_t tcs = 1 << 8;
    static constexpr std::uint64_t reg = 2 << 8;
};

struct EaddBlock {
    Tag tag;                      // 0x00
    base::U64 offset;             // 0x08  from the enclave's base
    base::U64 secinfo_flags;      // 0x10
    base::Bytes<40> secinfo_rest; // 0x18  zero
};
static_assert(base::Wire<EaddBlock> && sizeof(EaddBlock) == 0x40);

struct EextendBlock {
    Tag tag;                     // 0x00
    base::U64 offset;            // 0x08
    base::Bytes<48> reserved_10; // 0x10  zero
};
static_assert(base::Wire<EextendBlock> && sizeof(EextendBlock) == 0x40);

} // namespace hw::sgx
