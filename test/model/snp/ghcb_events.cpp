// See ghcb_events.hpp. Which fields an event must have: Linux 7.3,
// sev_es_are_required_ghcb_fields_valid().
#include "snp/ghcb_events.hpp"

#include "base/conditions.hpp"
#include "base/log.hpp"
#include "kvm/memory.hpp"
#include "kvm/time.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"
#include "snp/vmsa.hpp"

#include <algorithm>
#include <array>

namespace model::snp {

namespace {

enum Code : std::uint32_t {
    ReadDr7 = 0x27,
    WriteDr7 = 0x37,
    Rdtsc = 0x6e,
    Rdpmc = 0x6f,
    Cpuid = 0x72,
    Invd = 0x76,
    Ioio = 0x7b,
    Msr = 0x7c,
    Vmmcall = 0x81,
    Rdtscp = 0x87,
    Wbinvd = 0x89,
    Monitor = 0x8a,
    Mwait = 0x8b,
    MmioRead = 0x8000'0001,
    MmioWrite = 0x8000'0002,
    NmiComplete = 0x8000'0003,
    ApHltLoop = 0x8000'0004,
    Psc = 0x8000'0010,
    GuestRequest = 0x8000'0011,
    ExtendedGuestRequest = 0x8000'0012,
    ApCreation = 0x8000'0013,
    HvFeatures = 0x8000'fffd,
    TermRequest = 0x8000'fffe,
    UnsupportedEvent = 0x8000'ffff
};
constexpr std::uint64_t hv_features = 3;
constexpr std::uint64_t dr7_at_reset = 0x400;
constexpr auto kvm_enosys = static_cast<std::uint64_t>(-1000);
constexpr std::uint64_t io_in = 1;
constexpr std::uint64_t io_string = 4;

bool fields_valid(Ghcb const& ghcb) {
    auto const all = [&](std::initializer_list<Field> fields) {
        return std::ranges::all_of(fields, [&](Field f) { return ghcb.valid(f); });
    };
    if (!all({ExitCode, ExitInfo1, ExitInfo2})) return false;
    switch (ghcb[ExitCode]) {
    case WriteDr7:
        return all({Rax});
    case Rdpmc:
        return all({Rcx});
    case Cpuid:
        return all({Rax, Rcx}) && (ghcb[Rax] != 0xd || all({Xcr0}));
    case Ioio:
        if ((ghcb[ExitInfo1] & io_string) != 0) return all({Scratch});
        return (ghcb[ExitInfo1] & io_in) != 0 || all({Rax});
    case Msr:
        return all({Rcx}) && (ghcb[ExitInfo1] == 0 || all({Rax, Rdx}));
    case Vmmcall:
        return all({Rax, Cpl});
    case Monitor:
        return all({Rax, Rcx, Rdx});
    case Mwait:
        return all({Rax, Rcx});
    case ApCreation:
        return all({Rax}) || static_cast<std::uint32_t>(ghcb[ExitInfo1]) == 2;
    case MmioRead:
    case MmioWrite:
    case Psc:
        return all({Scratch});
    default:
        return true;
    }
}

void answer_cpuid(kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto const values =
        vcpu.cpuid(static_cast<std::uint32_t>(ghcb[Rax]), static_cast<std::uint32_t>(ghcb[Rcx]));
    std::size_t i = 0;
    for (auto const field : {Rax, Rbx, Rcx, Rdx}) ghcb.answer(field, values.at(i++));
}

void model_register(kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    auto const index = static_cast<std::uint32_t>(ghcb[Rcx]);
    if (ghcb[ExitInfo1] != 0) {
        if (!vcpu.write_msr(index, ghcb[Rdx] << 32 | static_cast<std::uint32_t>(ghcb[Rax])))
            ghcb.raise_protection_fault();
        return;
    }
    auto const value = vcpu.read_msr(index);
    if (!value) return ghcb.raise_protection_fault();
    ghcb.answer(Rax, static_cast<std::uint32_t>(*value));
    ghcb.answer(Rdx, *value >> 32);
}

// Events that KVM answers itself; false: it knows none of this number.
bool simple_event(Guest& guest, kvm::Vcpu& vcpu, Ghcb const& ghcb) {
    switch (ghcb[ExitCode]) {
    case ReadDr7:
        ghcb.answer(Rax, dr7_at_reset);
        return true;
    case Cpuid:
        answer_cpuid(vcpu, ghcb);
        return true;
    case Msr:
        model_register(vcpu, ghcb);
        return true;
    case Rdpmc:
        ghcb.raise_protection_fault();
        return true;
    case Vmmcall:
        ghcb.answer(Rax, kvm_enosys);
        return true;
    case Rdtsc:
    case Rdtscp:
        ghcb.answer(Rax, static_cast<std::uint32_t>(kvm::time_stamp()));
        ghcb.answer(Rdx, kvm::time_stamp() >> 32);
        ghcb.answer(Rcx, 0);
        return true;
    case WriteDr7:
    case Invd:
    case Wbinvd:
    case Monitor:
    case Mwait:
    case NmiComplete:
        return true;
    case ApHltLoop:
        ghcb.succeed(1); // seen when it has been started
        vcpu.hold();
        return true;
    case HvFeatures:
        ghcb.succeed(hv_features);
        return true;
    case ApCreation:
        create_processor(guest, ghcb);
        return true;
    default:
        return false;
    }
}

} // namespace

bool page_event(Guest& guest, kvm::Vcpu& vcpu, std::uint64_t at) {
    Ghcb const ghcb{guest.vm().memory(), at};
    Hostile::own().next_event(vcpu);
    if (!ghcb.there()) return false; // KVM cannot map it: the guest goes on as if nothing were
    if (ghcb[ExitCode] != Ioio)
        log_step(
            "tee-model: GHCB event %#lx, %#lx, %#lx, rip %#lx\n",
            ghcb[ExitCode],
            ghcb[ExitInfo1],
            ghcb[ExitInfo2],
            vcpu.cpu().rip()
        );
    if (at != guest.state(vcpu).registered) {
        if (Conditions::own().old_kernel()) return vcpu.exit(KVM_EXIT_UNKNOWN, -EINVAL), true;
        return ghcb.refuse(Malformed::NotRegistered), false;
    }
    if (ghcb.usage() != 0) return ghcb.refuse(Malformed::Usage), false;
    if (!fields_valid(ghcb)) return ghcb.refuse(Malformed::MissingInput), false;
    ghcb.succeed(0);
    switch (ghcb[ExitCode]) {
    case Ioio:
        return ports(vcpu, ghcb);
    case MmioRead:
        return device_memory(vcpu, ghcb, false);
    case MmioWrite:
        return device_memory(vcpu, ghcb, true);
    case Psc:
        return change_pages(guest, vcpu, ghcb);
    case GuestRequest:
        guest_request(guest, ghcb);
        return false;
    case ExtendedGuestRequest:
        return extended_guest_request(guest, vcpu, ghcb);
    case TermRequest:
        end_guest(vcpu, at);
        return true;
    case UnsupportedEvent:
        vcpu.exit(KVM_EXIT_UNKNOWN, -EINVAL);
        return true;
    default:
        if (!simple_event(guest, vcpu, ghcb)) ghcb.refuse(Malformed::InvalidEvent);
        return false;
    }
}

void create_processor(Guest& guest, Ghcb const& ghcb) {
    enum Operation : std::uint8_t { CreateOnInit = 0, Create = 1, Destroy = 2 };
    auto const operation = static_cast<std::uint32_t>(ghcb[ExitInfo1]);
    auto* const target = guest.vm().vcpu_of(static_cast<std::uint32_t>(ghcb[ExitInfo1] >> 32));
    if (target == nullptr || operation > Destroy) return ghcb.refuse(Malformed::InvalidInput);
    auto& state = guest.state(*target);
    if (operation == Destroy) {
        state.next_vmsa = no_vmsa;
        target->kick();
        return;
    }
    auto const at = ghcb[ExitInfo2];
    constexpr std::uint64_t large_page = 2 << 20;
    auto const* const entry = guest.entry(at);
    // Linux 6.12 does not compare the features.
    bool const features = Conditions::own().old_kernel() || ghcb[Rax] == guest.vmsa_features();
    if (at % page_size != 0 || at % large_page == 0 || !features || entry == nullptr)
        return ghcb.refuse(Malformed::InvalidInput);
    state.next_vmsa = at;
    target->kick();
}

} // namespace model::snp
