#include "host/vmm/backend/snp/supply.hpp"

#include "host/vmm/backend/snp/first_state.hpp"

#include <algorithm>

namespace host::vmm::snp {

base::Result<void>
SnpSupply::read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const {
    if (contents.part != Part::FirstState) return KeepSupply::read(contents, offset, to);
    auto const vmsa = vmsa_of(first_registers(header_), kvm::other_registers(header_), secure_tsc_);
    auto const bytes = std::as_bytes(std::span{&vmsa, 1});
    if (offset > bytes.size() || to.size() > bytes.size() - offset)
        return std::unexpected(base::Errno::Io);
    std::ranges::copy(bytes.subspan(offset, to.size()), to.begin());
    return {};
}

} // namespace host::vmm::snp
