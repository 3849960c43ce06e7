#pragma once

// Memory of a Keep that this process fills and then cannot reach any more: a guest_memfd of which
// no descriptor is left, and no mapping but one of a page that the Keep does not use.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/mapping.hpp"

#include <cstddef>
#include <cstdint>

namespace host::vmm::kvm {

inline constexpr unsigned long capability_guest_memory_flags = 244; // Linux 6.18
inline constexpr std::uint64_t sealed_memory_flags = 3;             // MMAP, INIT_SHARED

constexpr bool enough_for_sealed_memory(std::uint64_t offered) {
    return (offered & sealed_memory_flags) == sealed_memory_flags;
}

// Whether the host's KVM has guest_memfd with what this takes: it can be mapped, and the guest and
// the mapping see the same pages.
bool offers_sealed_memory(os::Fd const& kvm);

struct Place {
    std::uint32_t slot;
    std::uint64_t address; // guest-physical
};

class SealedMemory {
public:
    static base::Result<SealedMemory> create(os::Fd const& machine, std::size_t size);

    // To be filled.
    std::span<std::byte> bytes() const { return view_.bytes().first(view_.bytes().size() - page); }

    // Gives the memory to the machine, closes the file, unmaps the view. What is left of it in this
    // process is its address range, empty, as nothing else must come to lie where KVM remembers it;
    // and a page behind the Keep's, without access: the last reference to the file would take the
    // Keep's memory along.
    static base::Result<Mapping> seal(SealedMemory memory, os::Fd const& machine, Place place);

private:
    static constexpr std::size_t page = 4096;

    SealedMemory(os::Fd file, Mapping view) : file_{std::move(file)}, view_{std::move(view)} {}

    os::Fd file_;
    Mapping view_;
};

} // namespace host::vmm::kvm
