#pragma once

// The bytes of an SEV-SNP Keep's parts: those of every Keep, and each vCPU's VMSA.

#include "host/vmm/plan/supply.hpp"

namespace host::vmm::snp {

class SnpSupply : public KeepSupply {
public:
    SnpSupply(
        Image const& image,
        Plan const& plan,
        std::span<MemoryFile const> files,
        bool secure_tsc = false
    )
        : KeepSupply{image, plan, files}, header_{image.header()}, secure_tsc_{secure_tsc} {}

    base::Result<void>
    read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const override;

private:
    protocol::launch::ImageHeader const& header_;
    bool secure_tsc_;
};

} // namespace host::vmm::snp
