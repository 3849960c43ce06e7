#pragma once

// What a program finds on its stack when it starts (System V ABI x86-64, 3.4.1).

#include "keep/shim/event/kernel.hpp"
#include "keep/shim/start/program.hpp"

namespace shim {

struct StackContents {
    std::span<std::byte const> strings; // arguments, then environment, each ended by a zero
    std::uint32_t arguments = 0;
    std::uint32_t environment = 0;
    std::uint64_t vdso = 0; // address, 0: none
};

// Maps the stack below `top`, fills it in, and answers with the stack pointer.
base::Result<std::uint64_t> make_stack(
    Kernel& kernel, std::uint64_t top, StackContents const& contents, LoadedProgram const& program
);

} // namespace shim
