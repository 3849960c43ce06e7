// See registers.hpp.
#include "kvm/registers.hpp"

#include <array>
#include <cstddef>

namespace model::kvm {

namespace {

constexpr std::uint64_t apic_base_of_first = 0xfee0'0900;

// In the order of the engine's Register.
constexpr std::array in_order = {
    &kvm_regs::rax,
    &kvm_regs::rcx,
    &kvm_regs::rdx,
    &kvm_regs::rbx,
    &kvm_regs::rsp,
    &kvm_regs::rbp,
    &kvm_regs::rsi,
    &kvm_regs::rdi,
    &kvm_regs::r8,
    &kvm_regs::r9,
    &kvm_regs::r10,
    &kvm_regs::r11,
    &kvm_regs::r12,
    &kvm_regs::r13,
    &kvm_regs::r14,
    &kvm_regs::r15
};

engine::Segment segment(kvm_segment const& s) {
    return {
        .selector = s.selector,
        .base = s.base,
        .limit = s.limit,
        .type = s.type,
        .dpl = s.dpl,
        .present = s.present != 0,
        .code_or_data = s.s != 0,
        .wide = s.db != 0,
        .long_mode = s.l != 0,
        .granular = s.g != 0,
        .available = s.avl != 0,
        .unusable = s.unusable != 0
    };
}

kvm_segment segment(engine::Segment const& s) {
    kvm_segment result{};
    result.base = s.base;
    result.limit = s.limit;
    result.selector = s.selector;
    result.type = s.type;
    result.present = s.present ? 1 : 0;
    result.dpl = s.dpl;
    result.db = s.wide ? 1 : 0;
    result.s = s.code_or_data ? 1 : 0;
    result.l = s.long_mode ? 1 : 0;
    result.g = s.granular ? 1 : 0;
    result.avl = s.available ? 1 : 0;
    result.unusable = s.unusable ? 1 : 0;
    return result;
}

} // namespace

kvm_regs general_of(engine::Registers const& from) {
    kvm_regs result{};
    for (std::size_t i = 0; i < in_order.size(); ++i) result.*in_order.at(i) = from.general.at(i);
    result.rip = from.rip;
    result.rflags = from.rflags;
    return result;
}

void set_general(engine::Registers& to, kvm_regs const& from) {
    for (std::size_t i = 0; i < in_order.size(); ++i) to.general.at(i) = from.*in_order.at(i);
    to.rip = from.rip;
    to.rflags = from.rflags | 2;
}

kvm_sregs special_of(engine::Registers const& from) {
    kvm_sregs s{};
    s.es = segment(from.es);
    s.cs = segment(from.cs);
    s.ss = segment(from.ss);
    s.ds = segment(from.ds);
    s.fs = segment(from.fs);
    s.gs = segment(from.gs);
    s.ldt = segment(from.ldt);
    s.tr = segment(from.task);
    s.gdt.base = from.gdt.base;
    s.gdt.limit = from.gdt.limit;
    s.idt.base = from.idt.base;
    s.idt.limit = from.idt.limit;
    s.cr0 = from.cr0;
    s.cr2 = from.cr2;
    s.cr3 = from.cr3;
    s.cr4 = from.cr4;
    s.cr8 = from.cr8;
    s.efer = from.efer & ~0x1000ULL; // SVME is the host's
    s.apic_base = apic_base_of_first;
    return s;
}

void set_special(engine::Registers& to, kvm_sregs const& s) {
    to.es = segment(s.es);
    to.cs = segment(s.cs);
    to.ss = segment(s.ss);
    to.ds = segment(s.ds);
    to.fs = segment(s.fs);
    to.gs = segment(s.gs);
    to.ldt = segment(s.ldt);
    to.task = segment(s.tr);
    to.gdt = {.base = s.gdt.base, .limit = s.gdt.limit};
    to.idt = {.base = s.idt.base, .limit = s.idt.limit};
    to.cr0 = s.cr0;
    to.cr2 = s.cr2;
    to.cr3 = s.cr3;
    to.cr4 = s.cr4;
    to.cr8 = s.cr8;
    to.efer = s.efer | 0x1000; // as KVM's VMCB has it
}

} // namespace model::kvm
