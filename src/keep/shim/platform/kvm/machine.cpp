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
// Intel SDM volume 3, 12.4.1 and 12.8.5: where a local APIC's registers lie, and the one that ends
// an interrupt.
constexpr hw::PhysAddr apic{0xfee0'0000};
constexpr std::uint64_t apic_end_of_interrupt = 0xb0;

extern "C" std::uint32_t const local_apic; // entry.S: whether there is one, as on QEMU

} // namespace

// NOLINTNEXTLINE(clang-analyzer-core.FixedAddressDereference): the image fixes where the area lies
void Machine::flush() { asm volatile("mov %0,%%cr3" : : "r"(cpu_area().root) : "memory"); }

bool Machine::others_remember() { return true; }

void Machine::end_kick() {
    if (local_apic == 0) return;
    // Safety: begin() has put the APIC's page into the window.
    *reinterpret_cast<std::uint32_t volatile*>(physical(apic + apic_end_of_interrupt)) = 0;
}

void Machine::begin() {
    // A step of the shim by the program's own addresses, to run or to read, is to fault.
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
    if (local_apic != 0) extend_window(apic, apic + hw::page_size);
}

} // namespace shim
