#pragma once

// The blocks of 128 bytes that the TDX module hashes into MRTD: Intel TDX Module Base Architecture
// Specification, 12.2.1; TDH.MEM.PAGE.ADD and TDH.MR.EXTEND of the ABI specification.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::tdx {

inline constexpr std::uint64_t page_size = 4096;
inline constexpr std::size_t extend_size = 256; // what one TDH.MR.EXTEND measures, behind its block

// A name of up to 12 characters, padded with zeros.
using OperationName = base::Bytes<16>;
template <std::size_t N>
consteval OperationName
operation_name(char const (&letters)[N]) { // NOLINT(modernize-avoid-c-arrays)
    OperationName out{};
    for (std::size_t i = 0; i + 1 < N; ++i) out[i] = std::byte(letters[i]);
    return out;
}
inline constexpr OperationName mem_page_add = operation_name("MEM.PAGE.ADD");
inline constexpr OperationName mr_extend = operation_name("MR.EXTEND");

struct OperationBlock {
    OperationName name;           // 0x00
    base::U64 gpa;                // 0x10
    base::Bytes<104> reserved_18; // 0x18  zero
};
static_assert(base::Wire<OperationBlock> && sizeof(OperationBlock) == 0x80);
static_assert(offsetof(OperationBlock, gpa) == 0x10);

} // namespace hw::tdx
