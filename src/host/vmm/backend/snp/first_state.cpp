#include "host/vmm/backend/snp/first_state.hpp"

#include "protocol/launch/snp.hpp"

namespace host::vmm::snp {

using hw::snp::Vmsa;
using hw::snp::VmsaSegment;

namespace {

// What is not set by a call is as KVM resets a vCPU, or its own.
constexpr std::uint64_t efer_svme = 0x1000; // KVM's, of every guest
constexpr std::uint64_t cr4_mce = 0x40;     // the host's own, always on in Linux
constexpr std::uint64_t dr6_at_reset = 0xffff'0ff0;
constexpr std::uint64_t dr7_at_reset = 0x400;
constexpr std::uint64_t pat_at_reset = 0x0007'0406'0007'0406;
constexpr std::uint32_t mxcsr_at_reset = 0x1f80;
constexpr std::uint16_t fcw_at_reset = 0x37f;

// AMD64 Architecture Programmer's Manual, volume 2, 4.7: a descriptor's attributes.
constexpr std::uint16_t attributes_of(kvm_segment const& segment) {
    if (segment.unusable != 0) return 0;
    return static_cast<std::uint16_t>(
        segment.type | segment.s << 4 | segment.dpl << 5 | segment.present << 7 | segment.avl << 8 |
        segment.l << 9 | segment.db << 10 | segment.g << 11
    );
}

VmsaSegment segment_of(kvm_segment const& segment) {
    return {
        .selector = segment.selector,
        .attributes = attributes_of(segment),
        .limit = segment.limit,
        .base = segment.base
    };
}

VmsaSegment table_of(kvm_dtable const& table) {
    return {.selector = 0, .attributes = 0, .limit = table.limit, .base = table.base};
}

void set_segments(Vmsa& vmsa, kvm_sregs const& special) {
    vmsa.es = segment_of(special.es);
    vmsa.cs = segment_of(special.cs);
    vmsa.ss = segment_of(special.ss);
    vmsa.ds = segment_of(special.ds);
    vmsa.fs = segment_of(special.fs);
    vmsa.gs = segment_of(special.gs);
    vmsa.gdtr = table_of(special.gdt);
    vmsa.ldtr = segment_of(special.ldt);
    vmsa.idtr = table_of(special.idt);
    vmsa.tr = segment_of(special.tr);
    vmsa.cpl = special.ss.dpl;
}

void set_general(Vmsa& vmsa, kvm_regs const& general) {
    vmsa.rflags = general.rflags;
    vmsa.rip = general.rip;
    vmsa.rsp = general.rsp;
    vmsa.rax = general.rax;
    vmsa.rcx = general.rcx;
    vmsa.rdx = general.rdx;
    vmsa.rbx = general.rbx;
    vmsa.rbp = general.rbp;
    vmsa.rsi = general.rsi;
    vmsa.rdi = general.rdi;
    vmsa.r8_to_r15 = {
        general.r8,
        general.r9,
        general.r10,
        general.r11,
        general.r12,
        general.r13,
        general.r14,
        general.r15
    };
}

} // namespace

kvm::Registers first_registers(protocol::launch::ImageHeader const& image) {
    constexpr auto own = std::uint64_t{1} << protocol::launch::snp::c_bit;
    return kvm::registers_at(image, {.entry = image.start, .root = image.page_table | own}, true);
}

Vmsa vmsa_of(kvm::Registers const& registers, kvm::OtherRegisters const& others, bool secure_tsc) {
    auto const& special = registers.special;
    Vmsa vmsa{};
    set_segments(vmsa, special);
    set_general(vmsa, registers.general);
    vmsa.efer = special.efer | efer_svme;
    vmsa.cr4 = special.cr4 | cr4_mce;
    vmsa.cr3 = special.cr3;
    vmsa.cr2 = special.cr2;
    vmsa.cr0 = special.cr0;
    vmsa.dr7 = dr7_at_reset;
    vmsa.dr6 = dr6_at_reset;
    vmsa.star = others.star;
    vmsa.lstar = others.lstar;
    vmsa.sfmask = others.fmask;
    vmsa.g_pat = pat_at_reset;
    vmsa.sev_features = hw::snp::snp_active | (secure_tsc ? hw::snp::secure_tsc : 0);
    vmsa.xcr0 = others.xcr0;
    vmsa.mxcsr = mxcsr_at_reset;
    vmsa.x87_fcw = fcw_at_reset;
    return vmsa;
}

} // namespace host::vmm::snp
