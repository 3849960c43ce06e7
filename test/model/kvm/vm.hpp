// A virtual machine of the target.
#pragma once
#include "kvm/call.hpp"
#include "kvm/interrupts.hpp"
#include "kvm/memory.hpp"
#include "kvm/uapi.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace model::snp {
class Guest;
} // namespace model::snp

namespace model::kvm {

class Vcpu;

class Vm final : public TokenObject, public std::enable_shared_from_this<Vm> {
public:
    explicit Vm(VmType type);
    ~Vm() override;
    Reply ioctl(Context&) override;

    VmType type() const { return type_; }
    Memory& memory() { return memory_; }
    std::vector<std::shared_ptr<Vcpu>> const& vcpus() const { return vcpus_; }
    Vcpu* vcpu_of(std::uint32_t apic_id) const;
    /// Its interrupt controllers are KVM's.
    bool local_apics() const { return local_apics_; }
    /// Interrupts of an older controller come from user space (KVM_INTERRUPT).
    bool takes_external() const { return !local_apics_ || split_; }
    Interrupts& interrupts() { return interrupts_; }
    /// User space is told of page state changes (KVM_CAP_EXIT_HYPERCALL).
    bool tells_hypercalls() const { return (hypercalls_ & (1U << hypercall_map_gpa_range)) != 0; }
    /// Null: no SNP guest.
    snp::Guest* snp() const { return snp_.get(); }
    /// Mappings or the reverse map have changed: no processor may go on with what it has cached. In
    /// a Turn.
    void flush();

private:
    Reply set_region(Context&);
    Reply set_attributes(Context&);
    Reply create_memory(Context&);
    Reply create_vcpu(Context&);
    Reply enable_capability(Context&);
    Reply get_clock(Context&) const;
    Reply set_clock(Context&);

    VmType type_;
    Memory memory_;
    std::vector<std::shared_ptr<Vcpu>> vcpus_;
    bool local_apics_ = false;
    bool split_ = false;            // all other interrupt controllers are user space's
    std::uint64_t clock_shift_ = 0; // nanoseconds
    Interrupts interrupts_{*this};
    std::uint64_t hypercalls_ = 0;
    std::unique_ptr<snp::Guest> snp_;
};

} // namespace model::kvm
