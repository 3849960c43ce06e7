#pragma once

// What CPUID answers in an SEV-SNP Keep: the page that the firmware has compared with the
// processor, copied once. Neither the host nor the instruction is ever asked.

#include "base/result.hpp"
#include "hw/snp/cpuid_page.hpp"
#include "keep/shim/platform/machine.hpp"

namespace shim::snp {

// Whether where XSAVE puts all of that, and how much it is, the architecture says, and not the
// page: x87, SSE and AVX.
constexpr bool fixed_state(std::uint64_t xcr0) { return (xcr0 & ~7ULL) == 0; }

class CpuidTable {
public:
    // Proto: more leaves than a page holds.
    base::Result<void> take(hw::snp::CpuidPage const& page);

    // As the page has it, but for AVX's state; zero where it has nothing, as AMD's processors
    // answer.
    Cpuid entry(std::uint32_t leaf, std::uint32_t subleaf) const;

    // What the instruction would answer in the program: with what depends on the vCPU and on what
    // is enabled there.
    struct Running {
        std::uint32_t cpu;  // its number
        std::uint64_t xcr0; // extended state that is enabled
    };
    Cpuid answer(std::uint32_t leaf, std::uint32_t subleaf, Running const& running) const;

private:
    hw::snp::CpuidFunction const* find(std::uint32_t leaf, std::uint32_t subleaf) const;
    std::uint32_t state_size(std::uint64_t mask, bool compact) const;

    hw::snp::CpuidPage page_{};
};

} // namespace shim::snp
