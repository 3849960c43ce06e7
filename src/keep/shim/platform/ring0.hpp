#pragma once

// What the shim does alike wherever it is in ring 0 and the program in ring 3.

#include "keep/shim/platform/machine.hpp"

namespace shim {

// A step of the shim by the program's own addresses, to run or to read, faults from here on, where
// the processor knows how. Intel SDM volume 3, 2.5; volume 2, CPUID leaf 7.
inline void guard_program() {
    constexpr std::uint64_t cr4_umip = 1U << 11;
    constexpr std::uint64_t cr4_smep = 1U << 20;
    constexpr std::uint64_t cr4_smap = 1U << 21;
    constexpr std::uint32_t ebx_smep = 1U << 7;
    constexpr std::uint32_t ebx_smap = 1U << 20;
    constexpr std::uint32_t ecx_umip = 1U << 2;
    auto const features = Machine::cpuid(7, 0);
    std::uint64_t cr4 = 0;
    asm volatile("mov %%cr4,%0" : "=r"(cr4));
    if (features.ebx & ebx_smep) cr4 |= cr4_smep;
    if (features.ebx & ebx_smap) cr4 |= cr4_smap;
    if (features.ecx & ecx_umip) cr4 |= cr4_umip;
    asm volatile("mov %0,%%cr4" : : "r"(cr4) : "memory");
}

} // namespace shim
