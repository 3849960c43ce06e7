// See vmsa.hpp. What KVM takes from where: sev.c, sev_es_sync_vmsa().
#include "snp/vmsa.hpp"

#include "base/bytes.hpp"
#include "engine/cpu.hpp"
#include "kvm/vcpu.hpp"

#include <algorithm>

namespace model::snp {

namespace {

using engine::Registers;
using engine::Segment;

struct SegmentPlace {
    std::size_t offset;
    Segment Registers::* segment;
};
constexpr std::array segments = {
    SegmentPlace{0x000, &Registers::es},
    SegmentPlace{0x010, &Registers::cs},
    SegmentPlace{0x020, &Registers::ss},
    SegmentPlace{0x030, &Registers::ds},
    SegmentPlace{0x040, &Registers::fs},
    SegmentPlace{0x050, &Registers::gs},
    SegmentPlace{0x070, &Registers::ldt},
    SegmentPlace{0x090, &Registers::task}
};

struct MsrPlace {
    std::size_t offset;
    std::uint32_t msr;
};
constexpr std::array msrs = {
    MsrPlace{0x200, 0xc000'0081},
    MsrPlace{0x208, 0xc000'0082},
    MsrPlace{0x210, 0xc000'0083},
    MsrPlace{0x218, 0xc000'0084},
    MsrPlace{0x220, 0xc000'0102},
    MsrPlace{0x228, 0x174},
    MsrPlace{0x230, 0x175},
    MsrPlace{0x238, 0x176},
    MsrPlace{0x268, 0x277}
};

// Where RAX to R15 lie; RSP and RAX are apart.
constexpr std::array<std::size_t, 16> general = {
    0x1f8,
    0x308,
    0x310,
    0x318,
    0x1d8,
    0x328,
    0x330,
    0x338,
    0x340,
    0x348,
    0x350,
    0x358,
    0x360,
    0x368,
    0x370,
    0x378
};

constexpr std::uint64_t host_mce = 0x40; // CR4: the host's own, which KVM passes on
constexpr std::uint64_t svme = 0x1000;   // EFER
constexpr std::uint8_t busy_tss_16 = 3;
constexpr std::uint8_t busy_tss_32 = 11;

enum Offset : std::uint16_t {
    Gdtr = 0x060,
    Idtr = 0x080,
    Cpl = 0x0cb,
    Efer = 0x0d0,
    Cr4 = 0x148,
    Cr3 = 0x150,
    Cr0 = 0x158,
    Dr7 = 0x160,
    Dr6 = 0x168,
    Rflags = 0x170,
    Rip = 0x178,
    Cr2 = 0x240,
    Features = 0x3b0,
    Xcr0 = 0x3e8,
    X87Dp = 0x400,
    Mxcsr = 0x408,
    Ftw = 0x40c,
    Fsw = 0x40e,
    Fcw = 0x410,
    Fop = 0x412,
    X87Rip = 0x418,
    X87Registers = 0x420, // eight of 10 bytes
    Xmm = 0x470,
    YmmHigh = 0x570
};

// The save area has the fields of XSAVE at other places.
void put_extended(std::span<std::byte> page, engine::ExtendedState const& state) {
    store(page, X87Dp, load<std::uint64_t>(state, engine::XsaveFdp));
    store(page, Mxcsr, load<std::uint32_t>(state, engine::XsaveMxcsr));
    store(page, Ftw, std::uint16_t{load<std::uint8_t>(state, engine::XsaveFtw)});
    store(page, Fsw, load<std::uint16_t>(state, engine::XsaveFsw));
    store(page, Fcw, load<std::uint16_t>(state, engine::XsaveFcw));
    store(page, Fop, load<std::uint16_t>(state, engine::XsaveFop));
    store(page, X87Rip, load<std::uint64_t>(state, engine::XsaveFip));
    for (std::size_t i = 0; i < 8; ++i)
        std::ranges::copy(
            std::span{state}.subspan(engine::XsaveSt + 16 * i, 10),
            page.subspan(X87Registers + 10 * i).begin()
        );
    std::ranges::copy(std::span{state}.subspan(engine::XsaveXmm, 256), page.subspan(Xmm).begin());
    std::ranges::copy(
        std::span{state}.subspan(engine::XsaveYmmHigh, 256), page.subspan(YmmHigh).begin()
    );
}

engine::ExtendedState extended_of(std::span<std::byte const> page) {
    engine::ExtendedState state{};
    store(state, engine::XsaveFdp, load<std::uint64_t>(page, X87Dp));
    store(state, engine::XsaveMxcsr, load<std::uint32_t>(page, Mxcsr));
    store(state, engine::XsaveFtw, static_cast<std::uint8_t>(load<std::uint16_t>(page, Ftw)));
    store(state, engine::XsaveFsw, load<std::uint16_t>(page, Fsw));
    store(state, engine::XsaveFcw, load<std::uint16_t>(page, Fcw));
    store(state, engine::XsaveFop, load<std::uint16_t>(page, Fop));
    store(state, engine::XsaveFip, load<std::uint64_t>(page, X87Rip));
    auto const to = std::span{state};
    for (std::size_t i = 0; i < 8; ++i)
        std::ranges::copy(
            page.subspan(X87Registers + 10 * i, 10), to.subspan(engine::XsaveSt + 16 * i).begin()
        );
    std::ranges::copy(page.subspan(Xmm, 256), to.subspan(engine::XsaveXmm).begin());
    std::ranges::copy(page.subspan(YmmHigh, 256), to.subspan(engine::XsaveYmmHigh).begin());
    return state;
}

std::uint16_t attributes_of(Segment const& s) {
    if (s.unusable) return 0;
    return static_cast<std::uint16_t>(
        s.type | (s.code_or_data ? 1U : 0U) << 4 | s.dpl << 5 | (s.present ? 1U : 0U) << 7 |
        (s.available ? 1U : 0U) << 8 | (s.long_mode ? 1U : 0U) << 9 | (s.wide ? 1U : 0U) << 10 |
        (s.granular ? 1U : 0U) << 11
    );
}

Segment segment_at(std::span<std::byte const> page, std::size_t offset) {
    auto const attributes = load<std::uint16_t>(page, offset + 2);
    return {
        .selector = load<std::uint16_t>(page, offset),
        .base = load<std::uint64_t>(page, offset + 8),
        .limit = load<std::uint32_t>(page, offset + 4),
        .type = static_cast<std::uint8_t>(attributes & 0xf),
        .dpl = static_cast<std::uint8_t>(attributes >> 5 & 3),
        .present = (attributes >> 7 & 1) != 0,
        .code_or_data = (attributes >> 4 & 1) != 0,
        .wide = (attributes >> 10 & 1) != 0,
        .long_mode = (attributes >> 9 & 1) != 0,
        .granular = (attributes >> 11 & 1) != 0,
        .available = (attributes >> 8 & 1) != 0,
        .unusable = attributes == 0
    };
}

} // namespace

VmsaPage vmsa_of(kvm::Vcpu& vcpu, std::uint64_t features) {
    VmsaPage page{};
    auto const registers = vcpu.cpu().registers();
    for (auto const& [offset, member] : segments) {
        auto const& s = registers.*member;
        store(page, offset, s.selector);
        store(page, offset + 2, attributes_of(s));
        store(page, offset + 4, s.limit);
        store(page, offset + 8, s.base);
    }
    for (auto const& [offset, table] :
         {std::pair{Gdtr, registers.gdt}, std::pair{Idtr, registers.idt}}) {
        store(page, offset + 4, static_cast<std::uint32_t>(table.limit));
        store(page, offset + 8, table.base);
    }
    store(page, Cpl, registers.ss.dpl);
    store(page, Efer, registers.efer | svme);
    store(page, Cr4, registers.cr4 | host_mce);
    store(page, Cr3, registers.cr3);
    // KVM never lets a guest switch its caches off (KVM_X86_QUIRK_CD_NW_CLEARED).
    constexpr std::uint64_t caches_off = 3U << 29;
    store(page, Cr0, registers.cr0 & ~caches_off);
    store(page, Dr7, std::uint64_t{0x400});
    store(page, Dr6, std::uint64_t{0xffff'0ff0});
    store(page, Rflags, registers.rflags);
    store(page, Rip, registers.rip);
    store(page, Cr2, registers.cr2);
    for (std::size_t i = 0; i < general.size(); ++i)
        store(page, general.at(i), registers.general.at(i));
    for (auto const& [offset, msr] : msrs) store(page, offset, vcpu.cpu().msr(msr).value_or(0));
    store(page, Features, features);
    store(page, Xcr0, vcpu.cpu().xcr0());
    put_extended(page, vcpu.cpu().extended_state());
    return page;
}

void start_from(kvm::Vcpu& vcpu, std::span<std::byte const> page) {
    Registers registers;
    for (auto const& [offset, member] : segments) registers.*member = segment_at(page, offset);
    // A reset leaves a 16-bit TSS, OVMF none at all; with either AMD's processors enter long mode.
    // Bochs has Intel's rule.
    if (registers.task.type <= busy_tss_16) registers.task.type = busy_tss_32;
    registers.gdt = {
        .base = load<std::uint64_t>(page, Gdtr + 8),
        .limit = static_cast<std::uint16_t>(load<std::uint32_t>(page, Gdtr + 4))
    };
    registers.idt = {
        .base = load<std::uint64_t>(page, Idtr + 8),
        .limit = static_cast<std::uint16_t>(load<std::uint32_t>(page, Idtr + 4))
    };
    registers.efer = load<std::uint64_t>(page, Efer);
    registers.cr4 = load<std::uint64_t>(page, Cr4);
    registers.cr3 = load<std::uint64_t>(page, Cr3);
    registers.cr0 = load<std::uint64_t>(page, Cr0);
    registers.cr2 = load<std::uint64_t>(page, Cr2);
    registers.rflags = load<std::uint64_t>(page, Rflags);
    registers.rip = load<std::uint64_t>(page, Rip);
    for (std::size_t i = 0; i < general.size(); ++i)
        registers.general.at(i) = load<std::uint64_t>(page, general.at(i));
    vcpu.cpu().set_xcr0(load<std::uint64_t>(page, Xcr0));
    for (auto const& [offset, msr] : msrs)
        vcpu.cpu().set_msr(msr, load<std::uint64_t>(page, offset));
    vcpu.cpu().set_extended_state(extended_of(page));
    vcpu.cpu().set_registers(registers);
}

} // namespace model::snp
