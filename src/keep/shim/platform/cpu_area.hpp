#pragma once

// The page that every vCPU sees at the same address with its own contents; layout.inc has the same
// offsets for the stubs.

#include <array>
#include <cstddef>
#include <cstdint>

namespace shim {

struct CpuArea {
    std::uint64_t user_rsp;                  // 0x000  scratch of the entry stubs
    std::uint64_t trap_rcx;                  // 0x008
    std::uint64_t fault_address;             // 0x010
    std::uint64_t vector;                    // 0x018
    std::uint64_t index;                     // 0x020  which vCPU this is
    std::uint64_t root;                      // 0x028  physical address of its page table
    std::array<std::byte, 0xd0> unused;      // 0x030
    std::array<std::byte, 0x200> task_state; // 0x100
    std::array<std::uint64_t, 10> gdt;       // 0x300
};
static_assert(offsetof(CpuArea, fault_address) == 0x10 && offsetof(CpuArea, vector) == 0x18);
static_assert(offsetof(CpuArea, task_state) == 0x100 && offsetof(CpuArea, gdt) == 0x300);

inline constexpr std::uint64_t cpu_area_address = 0x4000'0000;
inline constexpr std::size_t cpu_area_pages = 7; // page 2 is a guard and has no memory
inline constexpr std::size_t cpu_area_guard = 2;

// Safety: mapped by every vCPU's page table before its first instruction.
inline CpuArea& cpu_area() { return *reinterpret_cast<CpuArea*>(cpu_area_address); }

} // namespace shim
