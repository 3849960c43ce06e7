#pragma once

// Whether an exception can be the program's own. A host can inject any vector with any error code
// before any instruction; what cannot be seen from the instruction and the registers is not
// believed.

#include "keep/shim/snp/instruction.hpp"

namespace shim::snp {

// The fault's address while no page fault has come: only the processor puts another there. Nothing
// of the program is ever mapped so high.
inline constexpr std::uint64_t no_fault_address = 0xffff'f5ee'd000'0000;

// State that says whether a floating-point exception is due.
struct FloatingPoint {
    std::uint16_t x87_status;
    std::uint32_t mxcsr;
};

enum class Verdict : std::uint8_t {
    Programs,   // as the vector says
    Cpuid,      // the instruction is CPUID: to be answered from the page
    Illegal,    // the program is to find that there is no such instruction
    Privileged, // it is to find that the instruction is not for it
    Harmless,   // to be forgotten
    Invented,   // the host's, or what no check can tell from it
};

Verdict judge(Frame const& frame, ProgramMemory const& memory, FloatingPoint const& floating_point);

} // namespace shim::snp
