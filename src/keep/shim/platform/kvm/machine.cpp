// The rest of a machine with a real ring 0.

#include "keep/shim/platform/machine.hpp"

#include "keep/shim/platform/cpu_area.hpp"
#include "keep/shim/platform/ring0.hpp"

namespace shim {

namespace {

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
    guard_program();
    if (local_apic != 0) extend_window(apic, apic + hw::page_size, Whose::Hosts);
}

} // namespace shim
