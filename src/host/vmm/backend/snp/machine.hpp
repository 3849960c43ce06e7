#pragma once

// An SEV-SNP guest of KVM, launched by a walk over a plan's regions. Until the launch is finished
// nothing of it runs; from then on this process sees what is shared, and no more.

#include "host/vmm/backend/kvm/vcpu.hpp"
#include "host/vmm/backend/snp/cpuid.hpp"
#include "host/vmm/backend/snp/launch.hpp"
#include "host/vmm/image.hpp"
#include "host/vmm/mapping.hpp"
#include "host/vmm/plan/supply.hpp"

#include <vector>

namespace host::vmm::snp {

class Machine {
public:
    static os::OrFailure<Machine>
    launch(Image const& image, Plan const& plan, Supply const& supply, LaunchTerms const& terms);

    std::span<kvm::Vcpu> cpus() { return cpus_; }

private:
    struct Slot {
        std::uint64_t address;
        Mapping memory;  // of private memory an empty range of addresses, which KVM wants
        os::Fd own = {}; // private memory goes with its last descriptor
    };

    Machine() = default;
    base::Result<void> add_shared(Stretch const& stretch, Supply const& supply);
    base::Result<void> add_private(Stretch const& stretch);
    base::Result<void> add_memory(Plan const& plan, Supply const& supply);
    base::Result<void> add_cpu(Image const& image);
    os::OrFailure<void> add_page(Launch& launch, Region const& region, Supply const& supply) const;

    os::Fd machine_;
    std::size_t run_size_ = 0;
    CpuidTable cpuid_;
    std::vector<Slot> slots_;
    std::vector<kvm::Vcpu> cpus_;
};

} // namespace host::vmm::snp
