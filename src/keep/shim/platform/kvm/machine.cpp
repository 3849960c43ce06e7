// The rest of a machine with a real ring 0.

#include "keep/shim/platform/machine.hpp"

#include "keep/shim/platform/cpu_area.hpp"

namespace shim {

namespace {

// Intel SDM volume 3, 2.5; volume 2, CPUID leaf 7.
constexpr std::uint64_t cr4_umip = 1U << 11;
constexpr std::uint64_t cr4_smep = 1U << 20;
constexpr std::uint64_t cr4_smap = 1U << 21;
constexpr std::uint32_t ebx_smep = 1U << 7;
constexpr std::uint32_t ebx_smap = 1U << 20;
constexpr std::uint32_t ecx_umip = 1U << 2;

} // namespace

void Machine::flush() { asm volatile("mov %0,%%cr3" : : "r"(cpu_area().root) : "memory"); }

void Machine::begin() {
    // The shim neither runs nor reads the program's pages by the program's addresses: any such step
    // is to fault.
    std::uint32_t eax = 7;
    std::uint32_t ebx = 0;
    std::uint32_t ecx = 0;
    std::uint32_t edx = 0;
    asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    std::uint64_t cr4 = 0;
    asm volatile("mov %%cr4,%0" : "=r"(cr4));
    if (ebx & ebx_smep) cr4 |= cr4_smep;
    if (ebx & ebx_smap) cr4 |= cr4_smap;
    if (ecx & ecx_umip) cr4 |= cr4_umip;
    asm volatile("mov %0,%%cr4" : : "r"(cr4) : "memory");
}

} // namespace shim
