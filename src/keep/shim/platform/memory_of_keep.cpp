// Memory that is the Keep's own, on a machine where nothing has to be done for that but to wipe it.
// A platform that validates or accepts its pages does so in a file of its own in the place of this.

#include "keep/shim/platform/machine.hpp"

#include <cstring>

namespace shim {

bool Machine::owns_memory() { return true; }

void Machine::accept(std::byte* at, std::uint64_t size) { std::memset(at, 0, size); }

void Machine::give_back(hw::PhysAddr, std::uint64_t) {}

} // namespace shim
