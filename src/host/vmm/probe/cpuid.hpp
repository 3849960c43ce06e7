#pragma once

// This processor's CPUID. Where the processor is a virtual one each is an exit to its host, some
// 4 us, and a start wants the same few again and again: an answer is kept.

#include <cstdint>

namespace host::vmm {

struct CpuId {
    std::uint32_t eax = 0;
    std::uint32_t ebx = 0;
    std::uint32_t ecx = 0;
    std::uint32_t edx = 0;
};

// All zeros for a leaf that the processor does not have. From any thread.
CpuId this_cpuid(std::uint32_t leaf, std::uint32_t subleaf);

} // namespace host::vmm
