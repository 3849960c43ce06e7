// What makes a virtual machine an SNP guest: KVM's side of the launch, the reverse map in the
// nested walk, the new instructions and the GHCB protocol.
#pragma once
#include "engine/cpu.hpp"
#include "engine/processor.hpp"
#include "firmware/guest_context.hpp"
#include "kvm/call.hpp"
#include "kvm/uapi.hpp"
#include "snp/reverse_map.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace model::kvm {
class Vm;
class Vcpu;
struct Slot;
} // namespace model::kvm

namespace model::snp {

constexpr std::uint64_t c_bit = 1ULL << engine::c_bit;

/// AP_CREATION's "destroy": the processor has no state to run from.
constexpr std::uint64_t no_vmsa = ~0ULL;

enum Vector : std::uint8_t { GeneralProtection = 13, VmmCommunication = 29 };

/// What KVM keeps of one processor of an SNP guest.
struct CpuState {
    std::uint64_t ghcb_msr = 0x0002'0001'3300'0001; // at reset: versions 2 to 1, the C-bit's number
    std::uint64_t registered = ~0ULL;               // the GHCB's page
    enum class Asks : std::uint8_t { Nothing, ByPage, ByMsr } asks = Asks::Nothing; // of the host
    bool validating = false; // PVALIDATE or RMPADJUST looks at a page that may not be validated
    std::optional<std::uint64_t> next_vmsa; // AP_CREATION: from here it starts, or no_vmsa
};

/// Of guests with encrypted state: how many there can be, and are.
std::uint64_t asids();
inline std::atomic<std::uint64_t> asids_used = 0;

class Guest {
public:
    explicit Guest(kvm::Vm& vm) : vm_{vm} {}
    Guest(Guest const&) = delete;
    Guest& operator=(Guest const&) = delete;
    ~Guest();

    /// KVM_MEMORY_ENCRYPT_OP.
    kvm::Reply command(kvm::Context&);
    /// The host gives the guest this private page (RMPUPDATE), not validated. False: there is no
    /// page to give, or it is another's.
    bool assign(std::uint64_t guest_physical);

    // The processor's questions, in the order of its pipeline.
    void before_entry(kvm::Vcpu&);
    std::optional<engine::Physical> translate(
        kvm::Vcpu&, engine::Cpu&, std::uint64_t at, engine::Access, bool table, engine::Answer&
    );
    engine::Answer intercept(kvm::Vcpu&, engine::Cpu&, engine::Exit const&);
    std::optional<engine::Answer> instruction(kvm::Vcpu&, engine::Cpu&, std::span<std::byte const>);

    CpuState& state(kvm::Vcpu& vcpu) { return states_[&vcpu]; }
    kvm::Vm& vm() { return vm_; }
    firmware::GuestContext& firmware() { return firmware_; }
    std::uint64_t vmsa_features() const { return vmsa_features_; }
    /// Whether the guest's counter is its own: no host's word turns it.
    static constexpr std::uint64_t secure_tsc = 1U << 9;
    bool has_secure_tsc() const { return (vmsa_features_ & secure_tsc) != 0; }
    /// User space wants to be asked for certificates with each report.
    bool asks_for_certificates() const { return asks_for_certificates_; }
    /// The reverse map's entry of a guest's private page; null: it has none.
    Entry* entry(std::uint64_t guest_physical) const;
    /// Private bytes, for the firmware and for VMSAs. Empty: none.
    std::span<std::byte> private_page(std::uint64_t guest_physical) const;

private:
    kvm::Reply init(kvm::Context&, kvm::SevCall const&);
    kvm::Reply start(kvm::Context&, kvm::SevCall&);
    kvm::Reply update(kvm::Context&, kvm::SevCall&);
    kvm::Reply finish(kvm::Context&, kvm::SevCall&);
    long update_page(kvm::Context&, kvm::SevCall&, kvm::LaunchUpdate const&);
    long add_vmsas(kvm::SevCall&);
    std::optional<engine::Physical>
    private_access(kvm::Vcpu&, std::uint64_t at, bool write, bool table, engine::Answer&);
    engine::Answer validate(kvm::Vcpu&, engine::Cpu&);
    engine::Answer adjust(kvm::Vcpu&, engine::Cpu&);
    engine::Answer model_register(kvm::Vcpu&, engine::Cpu&, engine::Exit const&);

    kvm::Vm& vm_;
    bool initialised_ = false;
    bool started_ = false;
    bool asks_for_certificates_ = false;
    std::uint64_t vmsa_features_ = 0;
    firmware::GuestContext firmware_;
    std::map<kvm::Vcpu*, CpuState> states_;
};

/// VMGEXIT: what the GHCB MSR or the page behind it asks of the host. Whether user space is to be
/// asked.
bool exit_of_guest(Guest&, kvm::Vcpu&);
/// The guest is about to see what has become of its request.
void finish_event(Guest&, kvm::Vcpu&);

} // namespace model::snp
