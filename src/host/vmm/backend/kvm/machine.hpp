#pragma once

// A virtual machine of KVM and its memory, filled from an image and a plan.

#include "host/vmm/backend/kvm/reachable.hpp"
#include "host/vmm/backend/kvm/sealed.hpp"
#include "host/vmm/backend/kvm/virtual_machine.hpp"
#include "host/vmm/image.hpp"
#include "host/vmm/mapping.hpp"
#include "host/vmm/memory_file.hpp"
#include "host/vmm/plan/supply.hpp"

#include <mutex>
#include <vector>

namespace host::vmm::kvm {

// Whether vCPUs have a local APIC, which no Keep uses: no interrupt comes to it either way. A vCPU
// without one has the kernel's code patched when it is made and when it goes, on all processors:
// 0.8 ms of a start. Where ring 0 is real, KVM puts the APIC's page over a page of the Keep's
// memory (0xfee0'0000), so there is none.
enum class LocalApic : std::uint8_t { WhereEmulated, None };

class Machine : public VirtualMachine {
public:
    static os::OrFailure<Machine> create(
        Image const& image,
        Plan const& plan,
        std::vector<MemoryFile> const& files,
        LocalApic apic = LocalApic::WhereEmulated
    );

    base::Result<Vcpu> add_cpu(unsigned index, Beginning const& beginning); // the first: 0

    base::Result<Vcpu> begin_cpu(unsigned index, std::uint64_t root) override;
    base::Result<void> calibrate(Plan const& plan, Vcpu const& first) override;
    base::Result<std::span<std::byte>>
    memory(std::uint64_t address, std::uint64_t size) const override;
    base::Result<std::uint64_t> grow(std::uint64_t size) override;
    base::Result<void> discard(std::uint64_t address, std::uint64_t size) override;
    os::Failure why_it_stopped(Vcpu& cpu) const override;
    std::span<unsigned long const> requests() const override;

private:
    struct Slot {
        std::uint64_t address;
        Mapping memory;
        bool sealed = false; // then `memory` is only the range of addresses
    };

    Machine() = default;
    base::Result<void> add_slot(std::uint64_t address, Mapping memory);
    base::Result<void> add_sealed(std::uint64_t address, SealedMemory memory);
    base::Result<void> fill(Plan const& plan, Supply const& supply);
    base::Result<void> fill_open(Stretch const& stretch, Supply const& supply);
    base::Result<void> fill_sealed(Stretch const& stretch, Supply const& supply);

    os::Fd machine_;
    std::size_t run_size_ = 0;
    protocol::launch::ImageHeader header_{};
    std::vector<Slot> slots_;
    Reachable reachable_;
    std::uint64_t free_ = 0; // where the Keep's free memory begins
    std::uint64_t end_ = 0;
    std::uint64_t limit_ = 0;
    bool sealed_ = false;
};

} // namespace host::vmm::kvm
