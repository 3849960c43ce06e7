// Which intercept of an SNP guest is its own exception #VC, which the host's (APM volume 2, 15.35.4
// and 15.35.5).
#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/rules.hpp"
#include "firmware/platform.hpp"
#include "kvm/time.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"
#include "snp/vmsa.hpp"

namespace model::snp {

namespace {

constexpr int msr_intercept = 0x7c;
constexpr int vmmcall_intercept = 0x81;
constexpr std::uint32_t ghcb_msr = 0xc001'0130;
constexpr std::uint32_t sev_status = 0xc001'0131;
constexpr std::uint32_t guest_tsc_frequency = 0xc001'0134;
constexpr std::uint64_t status_sev_es_snp = 7;
constexpr std::uint64_t vmexit_invalid = ~0ULL;
constexpr std::size_t msr_length = 2;
constexpr std::size_t vmgexit_length = 4; // a prefix, then VMMCALL

engine::Answer communication(int code) {
    count(Count::Intercepted);
    return engine::Answer::fault(
        VmmCommunication, static_cast<std::uint32_t>(code) + (broken(Rule::ErrorCode) ? 1 : 0)
    );
}

} // namespace

engine::Answer Guest::intercept(kvm::Vcpu& vcpu, engine::Cpu& cpu, engine::Exit const& exit) {
    if (exit.code == msr_intercept) return model_register(vcpu, cpu, exit);
    if (exit.code == vmmcall_intercept && !exit.bytes.empty() &&
        (exit.bytes[0] == std::byte{0xf3} || exit.bytes[0] == std::byte{0xf2}))
        return exit_of_guest(*this, vcpu) ? engine::Answer::leave_after(vmgexit_length)
                                          : engine::Answer::next(vmgexit_length);
    return communication(exit.code);
}

engine::Answer Guest::model_register(kvm::Vcpu& vcpu, engine::Cpu& cpu, engine::Exit const& exit) {
    auto const index = static_cast<std::uint32_t>(cpu.general(engine::Rcx));
    auto& rax = cpu.general(engine::Rax);
    auto& rdx = cpu.general(engine::Rdx);
    auto& ghcb = state(vcpu).ghcb_msr;
    bool const writes = exit.info1 != 0;
    if (index == ghcb_msr && writes) {
        ghcb = rdx << 32 | static_cast<std::uint32_t>(rax);
        return engine::Answer::next(msr_length);
    }
    if (index == ghcb_msr || (index == sev_status && !writes)) {
        auto const value =
            index == ghcb_msr ? ghcb : status_sev_es_snp | (vmsa_features_ >> 1) << 3;
        rax = static_cast<std::uint32_t>(value);
        rdx = value >> 32;
        return engine::Answer::next(msr_length);
    }
    if (index == guest_tsc_frequency && has_secure_tsc() && !writes) {
        rax = firmware::nominal_mhz(kvm::time_stamp_khz());
        rdx = 0;
        return engine::Answer::next(msr_length);
    }
    return communication(exit.code);
}

void Guest::before_entry(kvm::Vcpu& vcpu) {
    finish_event(*this, vcpu);
    Hostile::own().at_entry(*this, vcpu);
    auto& mine = state(vcpu);
    if (!mine.next_vmsa) return;
    auto const at = *mine.next_vmsa;
    mine.next_vmsa.reset();
    if (at == no_vmsa) return vcpu.halt();
    vcpu.protect();
    vcpu.start_running();
    // VMRUN takes a page that the guest itself has made a VMSA, and no other.
    auto const* const mark = entry(at);
    bool const ready = mark != nullptr && mark->assigned && mark->validated && mark->vmsa &&
                       mark->guest_physical == at && vm_.memory().is_private(at);
    if (!ready && !broken(Rule::VmsaMarked)) {
        vcpu.run_page().fail_entry.hardware_entry_failure_reason = vmexit_invalid;
        return vcpu.exit(KVM_EXIT_FAIL_ENTRY);
    }
    start_from(vcpu, private_page(at));
}

} // namespace model::snp
