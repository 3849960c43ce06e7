// Memory that is the host's anyway, as of every KVM Keep: fresh memory is zero by the host's word,
// and nothing is paid for it twice.

#include "keep/shim/platform/machine.hpp"

namespace shim {

bool Machine::owns_memory() { return false; }
void Machine::accept(std::byte*, std::uint64_t) {}
void Machine::give_back(hw::PhysAddr, std::uint64_t) {}

} // namespace shim
