// The rest of a machine whose ring 0 is emulated.

#include "keep/shim/platform/machine.hpp"

#include "keep/shim/platform/cpu_area.hpp"

namespace shim {

void Machine::begin() {}

// KVM emulates the page tables, too: what it keeps of them is for all vCPUs, and a flush() of one
// forgets it.
bool Machine::others_remember() { return false; }
void Machine::end_kick() {}

void Machine::flush() {
    // Safety: the gate of vector 4 loads RAX into CR3 (entry.S).
    // The area lies where the image says.
    // NOLINTNEXTLINE(clang-analyzer-core.FixedAddressDereference)
    asm volatile("int $4" : : "a"(cpu_area().root) : "memory");
}

} // namespace shim
