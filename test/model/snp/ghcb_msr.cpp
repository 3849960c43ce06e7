// VMGEXIT: the MSR protocol (AMD 56421, 2.3.1), or the page that the MSR names.
#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/rules.hpp"
#include "kvm/memory.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/ghcb_events.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <utility>

namespace model::snp {

namespace {

enum Request : std::uint16_t {
    InformationRequest = 0x002,
    CpuidRequest = 0x004,
    ResetHold = 0x006,
    PreferredPage = 0x010,
    RegisterPage = 0x012,
    ChangePage = 0x014,
    Features = 0x080,
    Terminate = 0x100
};
constexpr std::uint64_t information =
    2ULL << 48 | 1ULL << 32 | std::uint64_t{engine::c_bit} << 24 | 1;
constexpr std::uint64_t no_preference = 0xf'ffff'ffff'ffffULL << 12 | 0x011;
constexpr std::uint64_t features = 3ULL << 12 | 0x081; // SNP, AP creation
constexpr std::uint64_t change_failed = 1ULL << 32 | 0x015;

// Whether user space is asked.
bool change_page(Guest& guest, kvm::Vcpu& vcpu, std::uint64_t request) {
    auto const page = request >> 12 & 0xff'ffff'ffff;
    auto const operation = request >> 52 & 0xf;
    auto& answer = guest.state(vcpu).ghcb_msr;
    if ((operation != 1 && operation != 2) || !guest.vm().tells_hypercalls()) {
        answer = change_failed;
        return false;
    }
    ask_for_range(vcpu, page * page_size, 1, operation == 1);
    vcpu.then([&vcpu, &answer] {
        answer = vcpu.run_page().hypercall.ret != 0 ? change_failed : 0x015;
    });
    return true;
}

} // namespace

void ask_for_range(kvm::Vcpu& vcpu, std::uint64_t at, std::uint64_t pages, bool wants_private) {
    auto& call = vcpu.run_page().hypercall;
    call = {};
    call.nr = kvm::hypercall_map_gpa_range;
    call.args[0] = at;
    call.args[1] = pages;
    call.args[2] = wants_private ? 1U << 4 : 0;
    vcpu.exit(KVM_EXIT_HYPERCALL);
}

void end_guest(kvm::Vcpu& vcpu, std::uint64_t reason) {
    auto& event = vcpu.run_page().system_event;
    event.type = kvm::system_event_sev_term;
    event.ndata = 1;
    event.data[0] = reason;
    vcpu.exit(KVM_EXIT_SYSTEM_EVENT);
}

namespace {

// Whether user space is asked.
bool msr_request(Guest& guest, kvm::Vcpu& vcpu) {
    auto& state = guest.state(vcpu);
    auto& msr = state.ghcb_msr;
    switch (msr & 0xfff) {
    case InformationRequest:
        msr = information;
        return false;
    case CpuidRequest: {
        auto const values = vcpu.cpuid(static_cast<std::uint32_t>(msr >> 32), 0);
        msr =
            static_cast<std::uint64_t>(values.at(msr >> 30 & 3)) << 32 | (msr & 3ULL << 30) | 0x005;
        return false;
    }
    case PreferredPage:
        msr = no_preference;
        return false;
    case RegisterPage:
        state.registered = page_of(msr);
        msr = (broken(Rule::Registration) ? no_preference & ~0xfffULL : state.registered) | 0x013;
        return false;
    case ChangePage:
        return change_page(guest, vcpu, msr);
    case Features:
        msr = features;
        return false;
    case ResetHold:
        vcpu.hold();
        msr = 1ULL << 12 | 0x007;
        return false;
    case Terminate:
        if (Hostile::own().deaf()) return false;
        end_guest(vcpu, msr);
        return true;
    default:
        return false; // Linux 7.3: the MSR stays as it is
    }
}

} // namespace

void finish_event(Guest& guest, kvm::Vcpu& vcpu) {
    auto& state = guest.state(vcpu);
    auto const asked = std::exchange(state.asks, CpuState::Asks::Nothing);
    if (asked == CpuState::Asks::ByMsr) state.ghcb_msr = Hostile::own().msr(vcpu, state.ghcb_msr);
    if (asked != CpuState::Asks::ByPage) return;
    if (auto* const page = guest.vm().memory().shared_page(page_of(state.ghcb_msr), true))
        Hostile::own().answered({page, page_size});
}

bool exit_of_guest(Guest& guest, kvm::Vcpu& vcpu) {
    count(Count::Requests);
    auto& state = guest.state(vcpu);
    bool const by_page = (state.ghcb_msr & 0xfff) == 0;
    state.asks = by_page ? CpuState::Asks::ByPage : CpuState::Asks::ByMsr;
    if (!by_page)
        log_step("tee-model: GHCB MSR %#lx, rip %#lx\n", state.ghcb_msr, vcpu.cpu().rip());
    bool const user_space =
        by_page ? page_event(guest, vcpu, state.ghcb_msr) : msr_request(guest, vcpu);
    if (!user_space) {
        finish_event(guest, vcpu);
        Hostile::own().answered_by_kernel();
    }
    return user_space;
}

} // namespace model::snp
