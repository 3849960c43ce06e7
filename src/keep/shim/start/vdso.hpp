#pragma once

// The vDSO: the clock as a function in the program's own address space, without a system call.

#include "keep/shim/event/kernel.hpp"

namespace shim {

// Maps the clock's page at `at` and the code behind it; answers with the address of the code's ELF
// header.
base::Result<std::uint64_t> map_vdso(Kernel& kernel, std::uint64_t at);

} // namespace shim
