#pragma once

// As much of the instruction set as it takes to see that an instruction faults whatever the host
// does. What is not recognised is not said to fault.

#include "keep/shim/event/frame.hpp"

#include <optional>
#include <span>

namespace shim::snp {

// AMD64 Architecture Programmer's Manual, volume 3. UD0, UD1, UD2: there never is such an
// instruction.
bool always_illegal(std::span<std::byte const> code);

// Not for ring 3 with I/O privilege level 0 and no port of its own: #GP(0), before all else.
bool always_privileged(std::span<std::byte const> code);

// The vector of INT.
std::optional<std::uint8_t> interrupt(std::span<std::byte const> code);

// The program's memory, to be looked at: how many of those bytes there are.
struct ProgramMemory {
    std::size_t (*read)(void* of, std::uint64_t at, std::span<std::byte> to);
    void* of;
};

// DIV or IDIV that has no quotient: by zero, or too large a one.
bool divides_wrongly(
    Frame const& frame, std::span<std::byte const> code, ProgramMemory const& memory
);

} // namespace shim::snp
