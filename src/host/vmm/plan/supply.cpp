#include "host/vmm/plan/supply.hpp"

#include "os/read_file.hpp"

#include <algorithm>

namespace host::vmm {

namespace {

base::Result<void>
copy_part(std::span<std::byte const> bytes, std::uint64_t offset, std::span<std::byte> to) {
    if (offset > bytes.size() || to.size() > bytes.size() - offset)
        return std::unexpected(base::Errno::Io);
    std::ranges::copy(bytes.subspan(offset, to.size()), to.begin());
    return {};
}

} // namespace

base::Result<void>
KeepSupply::read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const {
    switch (contents.part) {
    case Part::Shim:
        return image_.read_shim(offset, to);
    case Part::Strings:
        return copy_part(std::as_bytes(std::span{plan_.strings()}), offset, to);
    case Part::Program:
        return os::read_part(image_.program(), offset, to);
    case Part::Tree:
        return os::read_part(image_.tree(), offset, to);
    case Part::File:
        return files_[contents.index].read(offset, to);
    case Part::Nothing:
    case Part::Cpuid:
    case Part::FirstState:
        break;
    }
    return std::unexpected(base::Errno::Inval);
}

os::Fd const* KeepSupply::file(Contents const& contents) const {
    switch (contents.part) {
    case Part::Program:
        return &image_.program();
    case Part::Tree:
        return &image_.tree();
    case Part::File:
        return files_[contents.index].host_file();
    default:
        return nullptr;
    }
}

os::Fd const* KeepSupply::source(Contents const& contents) const {
    return contents.part == Part::Shim ? &image_.shim() : file(contents);
}

} // namespace host::vmm
