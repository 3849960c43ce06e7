#pragma once

// The shim's window onto all of guest-physical memory.

#include "hw/address.hpp"
#include "keep/shim/platform/machine.hpp"

#include <cstddef>

namespace shim {

// Safety: the window maps every address that the page pool gives out, and the files that the loader
// placed.
inline std::byte* physical(hw::PhysAddr address) { return Machine::memory() + address.raw(); }

} // namespace shim
