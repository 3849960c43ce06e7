// The ioctls of a vCPU's descriptor.
#include "base/log.hpp"
#include "kvm/registers.hpp"
#include "kvm/time.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"

#include <algorithm>
#include <cstring>

namespace model::kvm {

namespace {

// Structures that end in a list: only their heads have a size that the request number carries.
struct ListHead {
    std::uint32_t count;
    std::uint32_t padding;
};
// struct kvm_xsave, which in C++ has another size than in C.
using LapicPage = std::array<std::byte, sizeof(kvm_lapic_state)>;
using XsavePage = std::array<std::byte, page_size>;
constexpr unsigned set_cpuid2 = _IOW(KVMIO, 0x90, ListHead);
constexpr unsigned get_cpuid2 = _IOWR(KVMIO, 0x91, ListHead);
constexpr unsigned get_msrs = _IOWR(KVMIO, 0x88, ListHead);
constexpr unsigned set_msrs = _IOW(KVMIO, 0x89, ListHead);
constexpr unsigned get_xsave = _IOR(KVMIO, 0xa4, XsavePage);
constexpr unsigned set_xsave = _IOW(KVMIO, 0xa5, XsavePage);
constexpr unsigned get_xsave2 = _IOR(KVMIO, 0xcf, XsavePage);
constexpr std::uint32_t most_entries = 256;
constexpr std::uint64_t all_components = 7; // of the extended state

} // namespace

Reply Vcpu::registers_call(Context& context) {
    // Linux: guest_state_protected. What is in the VMSA is no longer the host's to see.
    if (protected_) return -EINVAL;
    auto registers = cpu_.registers();
    switch (context.request()) {
    case KVM_GET_REGS:
        return context.write(general_of(registers));
    case KVM_GET_SREGS: {
        auto special = special_of(registers);
        special.apic_base = apic_.base();
        return context.write(special);
    }
    case KVM_SET_REGS:
        if (auto const from = context.read<kvm_regs>())
            return set_general(registers, *from), cpu_.set_registers(registers), 0;
        return -EFAULT;
    default:
        if (auto const from = context.read<kvm_sregs>())
            return set_special(registers, *from), cpu_.set_registers(registers), 0;
        return -EFAULT;
    }
}

Reply Vcpu::set_cpuid(Context& context) {
    auto const head = context.read<ListHead>();
    if (!head) return -EFAULT;
    if (head->count > most_entries) return -E2BIG;
    std::vector<kvm_cpuid_entry2> entries(head->count);
    auto const bytes = std::as_writable_bytes(std::span{entries});
    if (!front::read_memory(context.call.thread, context.argument() + sizeof *head, bytes) &&
        head->count != 0)
        return -EFAULT;
    cpuid_ = std::move(entries);
    return 0;
}

std::array<std::uint32_t, 4> Vcpu::cpuid(std::uint32_t leaf, std::uint32_t sub_leaf) const {
    for (auto const& entry : cpuid_)
        if (entry.function == leaf &&
            ((entry.flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) == 0 || entry.index == sub_leaf))
            return {entry.eax, entry.ebx, entry.ecx, entry.edx};
    return {};
}

Reply Vcpu::msrs(Context& context, bool store) {
    if (protected_) return -EINVAL;
    auto const head = context.read<ListHead>();
    if (!head) return -EFAULT;
    if (head->count > most_entries) return -E2BIG;
    long done = 0;
    for (; done < head->count; ++done) {
        auto const at = context.argument() + sizeof *head +
                        static_cast<std::uint64_t>(done) * sizeof(kvm_msr_entry);
        auto entry = context.read_at<kvm_msr_entry>(at);
        if (!entry) return -EFAULT;
        if (store) {
            if (!write_msr(entry->index, entry->data)) break;
            continue;
        }
        auto const value = read_msr(entry->index);
        if (!value) break;
        entry->data = *value;
        if (context.write_at(at, *entry).value != 0) return -EFAULT;
    }
    return done;
}

// Private pages are assigned before the guest asks; everything else is here anyway. What is done is
// told, whatever stops it.
Reply Vcpu::pre_fault(Context& context) {
    auto wanted = context.read<PreFaultMemory>();
    if (!wanted) return -EFAULT;
    if (wanted->flags != 0 || (wanted->gpa | wanted->size) % page_size != 0 || wanted->size == 0)
        return -EINVAL;
    auto* const guest = vm_.snp();
    if (guest != nullptr && !guest->firmware().running()) return -EOPNOTSUPP; // before FINISH
    bool any = false;
    while (wanted->size != 0 && vm_.memory().find(wanted->gpa) != nullptr) {
        bool const to_assign = guest != nullptr && vm_.memory().is_private(wanted->gpa);
        if (to_assign && !guest->assign(wanted->gpa)) {
            if (!any) return -ENOMEM;
            break;
        }
        wanted->gpa += page_size;
        wanted->size -= page_size;
        any = true;
    }
    auto const told = context.write(*wanted);
    return told.value != 0 || any ? told : Reply{-ENOENT};
}

Reply Vcpu::apic_call(Context& context) {
    if (!vm_.local_apics()) return -EINVAL;
    constexpr std::size_t apart = 16; // a register each 16 bytes
    if (context.request() == KVM_GET_LAPIC) {
        LapicPage page{};
        std::size_t at = 0;
        for (auto const value : apic_.saved()) store(page, apart * at++, value);
        return context.write(page);
    }
    auto const page = context.read<LapicPage>();
    if (!page) return -EFAULT;
    std::array<std::uint32_t, 64> registers{};
    std::size_t at = 0;
    for (auto& one : registers) one = load<std::uint32_t>(*page, apart * at++);
    apic_.restore(registers);
    return 0;
}

Reply Vcpu::state_call(Context& context) {
    switch (context.request()) {
    case KVM_SET_XCRS: {
        auto const from = context.read<kvm_xcrs>();
        if (!from) return -EFAULT;
        if (protected_ || from->nr_xcrs > KVM_MAX_XCRS || from->flags != 0) return -EINVAL;
        for (std::uint32_t i = 0; i < from->nr_xcrs; ++i)
            if (from->xcrs[i].xcr == 0) cpu_.set_xcr0(from->xcrs[i].value);
        return 0;
    }
    case KVM_GET_XCRS: {
        kvm_xcrs to{};
        to.nr_xcrs = 1;
        to.xcrs[0].value = cpu_.xcr0();
        return context.write(to);
    }
    case KVM_GET_MP_STATE:
        return context.write(
            kvm_mp_state{.mp_state = halted_ ? std::uint32_t{KVM_MP_STATE_HALTED} : mp_state_}
        );
    case KVM_SET_MP_STATE:
        if (auto const from = context.read<kvm_mp_state>()) {
            mp_state_ = from->mp_state;
            halted_ = from->mp_state == KVM_MP_STATE_HALTED;
            return 0;
        }
        return -EFAULT;
    case KVM_GET_VCPU_EVENTS:
        return context.write(kvm_vcpu_events{});
    case KVM_SET_VCPU_EVENTS:
    case KVM_SET_SIGNAL_MASK:
        return 0;
    case KVM_GET_DEBUGREGS: {
        kvm_debugregs to{};
        to.dr6 = 0xffff0ff0;
        to.dr7 = 0x400;
        return context.write(to);
    }
    case KVM_SET_DEBUGREGS:
        return protected_ ? -EINVAL : 0;
    case KVM_GET_LAPIC:
    case KVM_SET_LAPIC:
        return apic_call(context);
    case KVM_X86_SETUP_MCE: // nobody here raises a machine check
    case KVM_TPR_ACCESS_REPORTING:
    case KVM_SET_VAPIC_ADDR:
        return 0;
    default:
        return -EINVAL;
    }
}

// KVM_GET_XSAVE and KVM_SET_XSAVE: a page, of which this processor uses the beginning.
Reply Vcpu::extended_state_call(Context& context) {
    if (protected_) return -EINVAL;
    if (context.request() != set_xsave) {
        XsavePage page{};
        std::ranges::copy(cpu_.extended_state(), page.begin());
        return context.write(page);
    }
    auto const state = context.read<engine::ExtendedState>();
    if (!state) return -EFAULT;
    auto const components = load<std::uint64_t>(*state, engine::XsaveHeader);
    if ((components & ~all_components) != 0) return -EINVAL;
    auto wanted = *state;
    // A component that is not there is in its initial state.
    auto const initial = engine::ExtendedState{};
    if ((components & 2) == 0)
        std::ranges::copy(
            std::span{initial}.subspan(engine::XsaveXmm, 256),
            std::span{wanted}.subspan(engine::XsaveXmm).begin()
        );
    if ((components & 4) == 0)
        std::ranges::copy(
            std::span{initial}.subspan(engine::XsaveYmmHigh, 256),
            std::span{wanted}.subspan(engine::XsaveYmmHigh).begin()
        );
    cpu_.set_extended_state(wanted);
    return 0;
}

Reply Vcpu::ioctl(Context& context) {
    if (context.request() == KVM_RUN) return start(context);
    Turn const turn;
    switch (context.request()) {
    case KVM_GET_REGS:
    case KVM_SET_REGS:
    case KVM_GET_SREGS:
    case KVM_SET_SREGS:
        return registers_call(context);
    case set_cpuid2:
        return set_cpuid(context);
    case get_cpuid2: {
        auto const head = context.read<ListHead>();
        if (!head) return -EFAULT;
        if (head->count < cpuid_.size()) return -E2BIG;
        auto const bytes = std::as_bytes(std::span{cpuid_});
        if (!bytes.empty() &&
            !front::write_memory(context.call.thread, context.argument() + sizeof *head, bytes))
            return -EFAULT;
        return context.write(
            ListHead{.count = static_cast<std::uint32_t>(cpuid_.size()), .padding = 0}
        );
    }
    case get_xsave:
    case get_xsave2:
    case set_xsave:
        return extended_state_call(context);
    case pre_fault_memory:
        return pre_fault(context);
    case get_msrs:
        return msrs(context, false);
    case set_msrs:
        return msrs(context, true);
    case KVM_GET_TSC_KHZ:
        return static_cast<long>(time_stamp_khz());
    case KVM_SET_TSC_KHZ:
        return 0;
    case KVM_INTERRUPT: {
        auto const from = context.read<kvm_interrupt>();
        if (!from) return -EFAULT;
        if (from->irq > 255) return -EINVAL;
        if (!vm_.takes_external()) return -ENXIO;
        if (vm_.local_apics() && asked_interrupt_) return -EEXIST;
        asked_interrupt_ = static_cast<std::uint8_t>(from->irq);
        return 0;
    }
    default:
        return state_call(context);
    }
}

} // namespace model::kvm
