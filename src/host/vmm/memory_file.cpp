#include "host/vmm/memory_file.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace host::vmm {

base::Result<void> MemoryFile::read(std::span<std::byte> to) const {
    if (auto const* bytes = std::get_if<std::vector<std::byte>>(&content_)) {
        std::ranges::copy(*bytes, to.begin());
        return {};
    }
    auto const got = TRY(os::check(::pread(host_file()->number(), to.data(), size_, 0)));
    if (std::cmp_not_equal(got, size_)) return std::unexpected(base::Errno::Io);
    return {};
}

} // namespace host::vmm
