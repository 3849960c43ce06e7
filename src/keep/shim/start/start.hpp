#pragma once

// The steps from the image's first instruction to the program's.

#include "keep/shim/event/kernel.hpp"

namespace shim {

// Copies the boot block once and checks every address and size in it; Proto if the loader lies.
base::Result<protocol::launch::Boot> fetch_boot();

// Proto unless the program's file, its tree, the files in memory and open memory lie below the
// Keep's free memory, and apart; and where the image holds its program to a digest, unless there is
// no environment. `root`: the image's.
base::Result<void>
check_places(protocol::launch::Boot const& boot, protocol::program::Root const& root);

// Whether the loader may have put a file of that size there, below the Keep's free memory.
bool file_fits(std::uint64_t place, std::uint64_t size, std::uint64_t memory);

// Gives the kernel its memory, clock, descriptors and limits.
base::Result<void> configure(Kernel& kernel, protocol::launch::Boot const& boot);

// What the program's start-up code is told about it in the auxiliary vector.
struct LoadedProgram {
    std::uint64_t base = 0;
    std::uint64_t entry = 0;
    std::uint64_t headers = 0; // address of the program headers
    std::uint64_t header_count = 0;
    Range range;
};

// Loads a static position-independent ELF program from its file. NoExec: no x86-64 static-pie. Each
// header is read once.
base::Result<LoadedProgram> load_program(Kernel& kernel, std::uint64_t base);

// The vDSO, the clock as a function in the program's own address space: maps the clock's page at
// `at` and the code behind it; answers with the address of the code's ELF header.
base::Result<std::uint64_t> map_vdso(Kernel& kernel, std::uint64_t at);

// What a program finds on its stack when it starts (System V ABI x86-64, 3.4.1).
struct StackContents {
    // Arguments, then environment, each ended by a zero. The host may change them at any moment.
    std::span<std::byte const> strings;
    std::uint32_t arguments = 0;
    std::uint32_t environment = 0;
    std::uint64_t vdso = 0;
    std::uint64_t traits = 0; // protocol/launch/traits.hpp
};

// Maps the stack below `top`, fills it in, and answers with the stack pointer.
base::Result<std::uint64_t> make_stack(
    Kernel& kernel, std::uint64_t top, StackContents const& contents, LoadedProgram const& program
);

} // namespace shim
