#pragma once

// An SEV-SNP guest of KVM, launched by a walk over a plan's regions. Until the launch is finished
// nothing of it runs; from then on this process sees what is shared, and no more.

#include "host/vmm/backend/kvm/reachable.hpp"
#include "host/vmm/backend/kvm/virtual_machine.hpp"
#include "host/vmm/backend/snp/cpuid.hpp"
#include "host/vmm/backend/snp/launch.hpp"
#include "host/vmm/image.hpp"
#include "host/vmm/mapping.hpp"
#include "host/vmm/plan/supply.hpp"

#include <optional>
#include <vector>

namespace host::vmm::snp {

class Machine : public kvm::VirtualMachine {
public:
    static os::OrFailure<Machine>
    launch(Image const& image, Plan const& plan, Supply const& supply, LaunchTerms const& terms);

    std::size_t cpu_count() const { return cpus_.size(); }

    // All were there before the launch was finished, with the registers that were measured.
    base::Result<kvm::Vcpu> begin_cpu(unsigned index, std::uint64_t root) override;
    base::Result<void> calibrate(Plan const& plan, kvm::Vcpu const& first) override;
    base::Result<std::span<std::byte>>
    memory(std::uint64_t address, std::uint64_t size) const override;
    base::Result<std::uint64_t> grow(std::uint64_t size) override;
    base::Result<void> discard(std::uint64_t address, std::uint64_t size) override;
    os::Failure why_it_stopped(kvm::Vcpu& cpu) const override;
    std::span<unsigned long const> requests() const override;

private:
    struct Slot {
        std::uint64_t address;
        Mapping memory;  // of private memory an empty range of addresses, which KVM wants
        os::Fd own = {}; // private memory goes with its last descriptor
    };
    Machine() = default;
    base::Result<void> add_shared(Stretch const& stretch, Supply const& supply);
    base::Result<void> add_private(std::uint64_t begin, std::uint64_t end);
    base::Result<void> make_private(std::uint64_t begin, std::uint64_t end) const;
    base::Result<void> add_memory(Plan const& plan, Supply const& supply);
    base::Result<void> add_cpu(Image const& image);
    os::OrFailure<void> add_page(Launch& launch, Region const& region, Supply const& supply) const;
    void bring_in(Plan const& plan) const;

    os::Fd machine_;
    std::size_t run_size_ = 0;
    CpuidTable cpuid_;
    std::vector<Slot> slots_;
    kvm::Reachable reachable_;
    std::vector<std::optional<kvm::Vcpu>> cpus_; // empty: it runs
    std::uint64_t free_ = 0;                     // where the Keep's free memory begins
    std::uint64_t end_ = 0;                      // of what it has of it so far
    std::uint64_t limit_ = 0;
};

} // namespace host::vmm::snp
