#include "host/vmm/memory_file.hpp"

#include "os/read_file.hpp"

#include <algorithm>

namespace host::vmm {

base::Result<void> MemoryFile::read(std::uint64_t offset, std::span<std::byte> to) const {
    if (offset > size_ || to.size() > size_ - offset) return std::unexpected(base::Errno::Io);
    if (auto const* file = host_file()) return os::read_part(*file, offset, to);
    auto const& bytes = std::get<std::vector<std::byte>>(content_);
    std::ranges::copy(std::span{bytes}.subspan(offset, to.size()), to.begin());
    return {};
}

} // namespace host::vmm
