#pragma once

// A Keep's machine as the loop that runs it knows it, whichever kind of KVM's machines it is.

#include "host/vmm/backend/kvm/vcpu.hpp"
#include "host/vmm/plan/plan.hpp"
#include "os/failure.hpp"

#include <span>

namespace host::vmm::kvm {

class VirtualMachine {
public:
    VirtualMachine() = default;
    VirtualMachine(VirtualMachine const&) = delete;
    VirtualMachine& operator=(VirtualMachine const&) = delete;
    virtual ~VirtualMachine() = default;

    // A vCPU that has not run yet; the first: 0. `root`: of the page tables that the Keep made for
    // it. Errno::Again: there is none of that number to be had.
    virtual base::Result<Vcpu> begin_cpu(unsigned index, std::uint64_t root) = 0;
    // Writes the boot block with the time of now; the first vCPU is to run right after.
    virtual base::Result<void> calibrate(Plan const& plan, Vcpu const& first) = 0;
    // The memory of [address, address + size), if the machine has it in one piece, and as memory
    // that this process may write.
    virtual base::Result<std::span<std::byte>>
    memory(std::uint64_t address, std::uint64_t size) const = 0;
    // Adds up to `size` bytes at the end; answers with how many.
    virtual base::Result<std::uint64_t> grow(std::uint64_t size) = 0;
    // Of the Keep's free memory only.
    virtual base::Result<void> discard(std::uint64_t address, std::uint64_t size) = 0;
    // Of a vCPU whose last run() ended with Exit::Other.
    virtual os::Failure why_it_stopped(Vcpu& cpu) const = 0;
    // What it asks of KVM while it runs; all else is filtered out.
    virtual std::span<unsigned long const> requests() const = 0;

protected:
    VirtualMachine(VirtualMachine&&) = default;
    VirtualMachine& operator=(VirtualMachine&&) = default;
};

// What the boot block says of time: the machine's counter now, and how fast it runs.
base::Result<Calibration> time_of(os::Fd const& machine, Vcpu const& first);

} // namespace host::vmm::kvm
