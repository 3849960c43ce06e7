#pragma once

// The loader's word, copied into the shim and checked.

#include "keep/shim/event/kernel.hpp"
#include "protocol/launch/machine.hpp"

namespace shim {

// Copies the boot block once and checks every address and size in it; Proto if the loader lies.
base::Result<protocol::launch::Boot> fetch_boot();

// Whether the loader may have put a file of that size there, below the Keep's free memory.
bool file_fits(std::uint64_t place, std::uint64_t size, std::uint64_t memory);

// Gives the kernel its memory, clock, descriptors and limits.
base::Result<void> configure(Kernel& kernel, protocol::launch::Boot const& boot);

} // namespace shim
