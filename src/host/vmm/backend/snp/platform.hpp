#pragma once

// What /dev/sev and the kernel's accounts say of this host as a place for SEV-SNP guests.

#include "host/vmm/probe/machine.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace host::vmm::snp {

// SEV-SNP firmware ABI 1.58, table 38 (SNP_PLATFORM_STATUS); include/uapi/linux/psp-sev.h.
struct PlatformStatus {
    std::uint8_t api_major = 0;
    std::uint8_t api_minor = 0;
    std::uint8_t state = 0;
    std::uint8_t rmp_initialised = 0; // bit 0
    std::uint32_t build_id = 0;
    std::uint32_t features = 0;
    std::uint32_t guest_count = 0;
    std::uint64_t current_tcb = 0;
    std::uint64_t reported_tcb = 0;

    bool initialised() const { return state == 1 && (rmp_initialised & 1) != 0; }
    // Linux takes none that is older (SNP_MIN_API_MAJOR, SNP_MIN_API_MINOR).
    bool new_enough() const { return api_major > 1 || (api_major == 1 && api_minor >= 51); }
};
static_assert(sizeof(PlatformStatus) == 32);

// Errno::Access: this user may not ask.
base::Result<PlatformStatus> platform_status(Machine const& machine);

// Which processor this is, as AMD's key distribution service has to be told.
struct Chip {
    std::uint32_t signature = 0; // CPUID leaf 1, EAX: family, model, stepping
    std::array<std::byte, 64> id{};
    std::uint64_t reported_tcb = 0;
};
// Errno::Access: this user may not ask.
base::Result<Chip> chip_of(Machine const& machine);

// What KVM lets a guest see of a leaf. All zeros: it has none, or this user may not ask.
CpuId seen_by_guests(Machine const& machine, std::uint32_t leaf);

// Of guests with encrypted state, each of which has an ASID.
struct Room {
    std::uint64_t capacity;
    std::uint64_t used;
    std::uint64_t free() const { return used < capacity ? capacity - used : 0; }
};
// Nothing: the kernel does not account for them (cgroup controller misc).
std::optional<Room> room_for_guests(Machine const& machine);

} // namespace host::vmm::snp
