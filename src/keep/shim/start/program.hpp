#pragma once

// Loading a static position-independent ELF program from its file, wherever the loader placed that.

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

// NoExec: no x86-64 static-pie. `file` is fetched from memory that the host may still change, each
// header once.
base::Result<LoadedProgram>
load_program(Kernel& kernel, std::span<std::byte const> file, hw::PhysAddr at, std::uint64_t base);

} // namespace shim
