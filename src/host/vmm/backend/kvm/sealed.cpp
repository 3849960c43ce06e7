#include "host/vmm/backend/kvm/sealed.hpp"

#include "host/vmm/backend/kvm/guest_memory.hpp"

#include <sys/mman.h>

namespace host::vmm::kvm {

bool offers_sealed_memory(os::Fd const& kvm) {
    auto const offered = control(kvm, KVM_CHECK_EXTENSION, capability_guest_memory_flags);
    return offered && enough_for_sealed_memory(static_cast<std::uint64_t>(*offered));
}

base::Result<SealedMemory> SealedMemory::create(os::Fd const& machine, std::size_t size) {
    auto const file_size = size + page;
    CreateGuestMemory wish{.size = file_size, .flags = sealed_memory_flags};
    os::Fd file{TRY(control(machine, create_guest_memory, &wish))};
    auto view = TRY(Mapping::create(file_size));
    void const* const at = ::mmap(
        view.bytes().data(),
        file_size,
        PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_FIXED,
        file.number(),
        0
    );
    if (at == MAP_FAILED) return std::unexpected(os::last_error());
    return SealedMemory{std::move(file), std::move(view)};
}

base::Result<Mapping> SealedMemory::seal(SealedMemory memory, os::Fd const& machine, Place place) {
    auto const bytes = memory.bytes();
    MemoryRegion2 region{};
    region.slot = place.slot;
    region.flags = region_of_guest_memory;
    region.address = place.address;
    region.size = bytes.size();
    // Safety: the range stays reserved as long as the machine lives: the mapping below.
    region.host_address = reinterpret_cast<std::uint64_t>(bytes.data());
    region.file = static_cast<std::uint32_t>(memory.file_.number());
    TRY(control(machine, set_memory_region2, &region));
    constexpr int nothing = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    void const* const at = ::mmap(bytes.data(), bytes.size(), PROT_NONE, nothing, -1, 0);
    if (at == MAP_FAILED) return std::unexpected(os::last_error());
    TRY(os::done(::mprotect(bytes.data() + bytes.size(), page, PROT_NONE)));
    return std::move(memory.view_);
}

} // namespace host::vmm::kvm
