// Bochs' headers, and a Cpu's object in them.
#pragma once
#define NEED_CPU_REG_SHORTCUTS 1 // NOLINT(readability-identifier-naming)
#include "engine/cpu.hpp"

#include <bochs.h>
#include <cpu/cpu.h>
#include <cpu/cpuid.h>
#include <cpu/svm.h>
#include <pc_system.h>

namespace model::engine {

// Physical addresses that only the engine knows: Bochs reads there which ports and MSRs are
// intercepted.
constexpr Physical maps_base = 1ULL << 50;
constexpr std::size_t port_map_size = 0x3000;
constexpr std::size_t msr_map_size = 0x2000;
constexpr std::size_t maps_size = port_map_size + msr_map_size; // of one processor

/// A page of the maps, or null.
std::byte* map_page(Physical);
inline BX_CPU_C& bochs(unsigned index) { return *BX_CPU(index); }
inline Cpu& cpu_of(BX_CPU_C const& cpu) { return Cpu::of(cpu.bx_cpuid); }
/// Carries out what the World has answered; does not return.
[[noreturn]] void follow(BX_CPU_C&, Answer const&);

} // namespace model::engine
