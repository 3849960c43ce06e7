#pragma once

// guest_memfd: memory of a Keep that is a file of its own. Linux 6.8 and later,
// Documentation/virt/kvm/api.rst 4.140 to 4.142; Debian 12's headers are older.

#include "host/vmm/backend/kvm/ioctl.hpp"

#include <array>

namespace host::vmm::kvm {

struct CreateGuestMemory {
    std::uint64_t size = 0;
    std::uint64_t flags = 0;
    std::array<std::uint64_t, 6> reserved{};
};
static_assert(sizeof(CreateGuestMemory) == 64);

struct MemoryRegion2 {
    std::uint32_t slot = 0;
    std::uint32_t flags = 0;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    std::uint64_t host_address = 0;
    std::uint64_t file_offset = 0;
    std::uint32_t file = 0;
    std::uint32_t padding = 0;
    std::array<std::uint64_t, 14> reserved{};
};
static_assert(sizeof(MemoryRegion2) == 160);

inline constexpr std::uint32_t region_of_guest_memory = 4;

} // namespace host::vmm::kvm
