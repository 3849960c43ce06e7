#pragma once

// CPUID page: what CPUID shall answer in a guest. The firmware compares it with the processor, so
// it never claims more than there is, and may hide what there is. SEV-SNP firmware
// ABI 1.58, 8.17.2.6.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::snp {

struct CpuidFunction {
    base::U32 eax_in;     // 0x00
    base::U32 ecx_in;     // 0x04
    base::U64 xcr0_in;    // 0x08
    base::U64 xss_in;     // 0x10
    base::U32 eax;        // 0x18
    base::U32 ebx;        // 0x1c
    base::U32 ecx;        // 0x20
    base::U32 edx;        // 0x24
    base::U64 reserved28; // 0x28
};
static_assert(base::Wire<CpuidFunction> && sizeof(CpuidFunction) == 0x30);

inline constexpr std::size_t most_cpuid_functions = 64;

struct CpuidPage {
    base::U32 count;                                           // 0x000
    base::Bytes<0x0c> reserved_004;                            // 0x004
    std::array<CpuidFunction, most_cpuid_functions> functions; // 0x010
    base::Bytes<0x3f0> reserved_c10;                           // 0xc10
};
static_assert(base::Wire<CpuidPage> && sizeof(CpuidPage) == 0x1000);
static_assert(offsetof(CpuidPage, functions) == 0x10);

} // namespace hw::snp
