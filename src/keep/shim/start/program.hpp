#pragma once

// Loading a static position-independent ELF program from its file.

#include "keep/shim/event/kernel.hpp"

namespace shim {

// What the program's start-up code is told about it in the auxiliary vector.
struct LoadedProgram {
    std::uint64_t base = 0;
    std::uint64_t entry = 0;
    std::uint64_t headers = 0; // address of the program headers
    std::uint64_t header_count = 0;
    Range range;
};

// NoExec: no x86-64 static-pie. Each header is read once.
base::Result<LoadedProgram> load_program(Kernel& kernel, std::uint64_t base);

} // namespace shim
