// The program's file mapped where it lies, for Keeps whose memory is the host's anyway: what the
// host changes there it could change everywhere.

#include "keep/shim/event/kernel.hpp"

#include <cstring>

namespace shim {

base::Result<void> ProgramFile::open(protocol::launch::Boot const& boot, Root const& /*root*/) {
    place_ = hw::PhysAddr{boot.program};
    size_ = boot.program_size;
    return {};
}

base::Result<void> ProgramFile::read(std::uint64_t offset, std::span<std::byte> to) {
    if (!holds(offset, to.size())) return std::unexpected(base::Errno::NoExec);
    std::memcpy(to.data(), physical(place_ + offset), to.size());
    return {};
}

base::Result<void> ProgramFile::map(Range pages, Access access, Part const& part) {
    auto& space = kernel_.space;
    bool const writable = allows(access, Access::Write);
    if (part.whole && !writable)
        return space.map_window(pages, access, place_ + round_down(part.offset, hw::page_size));
    TRY(space.map_at(pages, Access::Read | Access::Write));
    TRY(kernel_.user.write(part.at, {physical(place_ + part.offset), part.size}));
    return writable ? base::Result<void>{} : space.protect(pages, access);
}

base::Result<hw::PhysAddr> ProgramFile::page(std::uint64_t /*offset*/) {
    return std::unexpected(base::Errno::Fault); // all are mapped from the beginning
}

} // namespace shim
