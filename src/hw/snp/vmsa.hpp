#pragma once

// VMSA: a vCPU's registers as the processor keeps them from the host while the guest does not run.
// AMD64 Architecture Programmer's Manual, volume 2, appendix B, table B-4 (state save area of
// SEV-ES). The launch of an SEV-SNP guest measures the page of each vCPU.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::snp {

// Where the launch digest says that each VMSA lies: the last page below 2^48, the guest's or not.
inline constexpr std::uint64_t vmsa_gpa = 0xffff'ffff'f000;

// Appendix B; attributes as in a descriptor, its bits 40 to 47 and 52 to 55 without a gap.
struct VmsaSegment {
    base::U16 selector;
    base::U16 attributes;
    base::U32 limit;
    base::U64 base;
};
static_assert(base::Wire<VmsaSegment> && sizeof(VmsaSegment) == 0x10);

struct Vmsa {
    VmsaSegment es;                         // 0x000
    VmsaSegment cs;                         // 0x010
    VmsaSegment ss;                         // 0x020
    VmsaSegment ds;                         // 0x030
    VmsaSegment fs;                         // 0x040
    VmsaSegment gs;                         // 0x050
    VmsaSegment gdtr;                       // 0x060
    VmsaSegment ldtr;                       // 0x070
    VmsaSegment idtr;                       // 0x080
    VmsaSegment tr;                         // 0x090
    base::Bytes<0x28> shadow_stacks;        // 0x0a0  PL0_SSP to PL3_SSP, U_CET
    base::Bytes<2> reserved_0c8;            // 0x0c8
    std::uint8_t vmpl;                      // 0x0ca
    std::uint8_t cpl;                       // 0x0cb
    base::Bytes<4> reserved_0cc;            // 0x0cc
    base::U64 efer;                         // 0x0d0
    base::Bytes<0x68> reserved_0d8;         // 0x0d8
    base::U64 xss;                          // 0x140
    base::U64 cr4;                          // 0x148
    base::U64 cr3;                          // 0x150
    base::U64 cr0;                          // 0x158
    base::U64 dr7;                          // 0x160
    base::U64 dr6;                          // 0x168
    base::U64 rflags;                       // 0x170
    base::U64 rip;                          // 0x178
    base::Bytes<0x58> debug_addresses;      // 0x180  DR0 to DR3, their masks, reserved
    base::U64 rsp;                          // 0x1d8
    base::Bytes<0x18> shadow_stack;         // 0x1e0  S_CET, SSP, ISST_ADDR
    base::U64 rax;                          // 0x1f8
    base::U64 star;                         // 0x200
    base::U64 lstar;                        // 0x208
    base::U64 cstar;                        // 0x210
    base::U64 sfmask;                       // 0x218
    base::U64 kernel_gs_base;               // 0x220
    base::Bytes<0x18> sysenter;             // 0x228  CS, ESP, EIP
    base::U64 cr2;                          // 0x240
    base::Bytes<0x20> reserved_248;         // 0x248
    base::U64 g_pat;                        // 0x268
    base::Bytes<0x28> branches;             // 0x270  DBGCTL, BR_FROM, BR_TO, LASTEXCP*
    base::Bytes<0x50> reserved_298;         // 0x298  with SPEC_CTRL at 0x2e0
    base::U32 pkru;                         // 0x2e8
    base::U32 tsc_aux;                      // 0x2ec
    base::U64 guest_tsc_scale;              // 0x2f0
    base::U64 guest_tsc_offset;             // 0x2f8
    base::U64 reg_prot_nonce;               // 0x300
    base::U64 rcx;                          // 0x308
    base::U64 rdx;                          // 0x310
    base::U64 rbx;                          // 0x318
    base::U64 reserved_320;                 // 0x320
    base::U64 rbp;                          // 0x328
    base::U64 rsi;                          // 0x330
    base::U64 rdi;                          // 0x338
    std::array<base::U64, 8> r8_to_r15;     // 0x340
    base::Bytes<0x30> exit_information;     // 0x380  of the last exit
    base::U64 sev_features;                 // 0x3b0
    base::Bytes<0x30> launch_and_exit;      // 0x3b8  VINTR_CTRL to EVENTINJ
    base::U64 xcr0;                         // 0x3e8
    base::Bytes<0x10> reserved_3f0;         // 0x3f0
    base::U64 x87_dp;                       // 0x400
    base::U32 mxcsr;                        // 0x408
    base::U16 x87_ftw;                      // 0x40c
    base::U16 x87_fsw;                      // 0x40e
    base::U16 x87_fcw;                      // 0x410
    base::Bytes<0x0e> x87_last_instruction; // 0x412  FOP, DS, CS, RIP
    base::Bytes<0x250> vector_registers;    // 0x420  x87, XMM, upper halves of YMM
    base::Bytes<0x990> reserved_670;        // 0x670
};
static_assert(base::Wire<Vmsa> && sizeof(Vmsa) == 0x1000);
static_assert(offsetof(Vmsa, cpl) == 0xcb && offsetof(Vmsa, efer) == 0xd0);
static_assert(offsetof(Vmsa, xss) == 0x140 && offsetof(Vmsa, rip) == 0x178);
static_assert(offsetof(Vmsa, rsp) == 0x1d8 && offsetof(Vmsa, rax) == 0x1f8);
static_assert(offsetof(Vmsa, cr2) == 0x240 && offsetof(Vmsa, g_pat) == 0x268);
static_assert(offsetof(Vmsa, pkru) == 0x2e8 && offsetof(Vmsa, rcx) == 0x308);
static_assert(offsetof(Vmsa, rbp) == 0x328 && offsetof(Vmsa, r8_to_r15) == 0x340);
static_assert(offsetof(Vmsa, sev_features) == 0x3b0 && offsetof(Vmsa, xcr0) == 0x3e8);
static_assert(offsetof(Vmsa, mxcsr) == 0x408 && offsetof(Vmsa, x87_fcw) == 0x410);
static_assert(offsetof(Vmsa, vector_registers) == 0x420);

// SEV_FEATURES, bit 0: the guest is an SEV-SNP guest.
inline constexpr std::uint64_t snp_active = 1;
// Bit 9: the time-stamp counter is the guest's, by a scale and an offset that only the processor
// has; the host can neither turn nor answer it.
inline constexpr std::uint64_t secure_tsc = 1 << 9;

} // namespace hw::snp
