#pragma once

// TDREPORT_STRUCT: what TDG.MR.REPORT gives a TD; its MAC means something on the same platform
// only. Intel TDX Module Base Architecture Specification, 22.6 and tables 22.1 to 22.6.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::tdx {

// REPORTTYPE.
struct ReportType {
    std::uint8_t type;     // 0x00  0x81: TDX
    std::uint8_t sub_type; // 0x01
    std::uint8_t version;  // 0x02  0: TDX 1.0; 1: with a bound service TD
    std::uint8_t reserved; // 0x03
};
inline constexpr std::uint8_t report_type_tdx = 0x81;

// REPORTMACSTRUCT.
struct ReportMac {
    ReportType report_type;            // 0x00
    base::Bytes<12> reserved_04;       // 0x04  zero
    base::Bytes<16> cpu_svn;           // 0x10
    base::Bytes<48> tee_tcb_info_hash; // 0x20  SHA-384 of TEE_TCB_INFO
    base::Bytes<48> tee_info_hash;     // 0x50  SHA-384 of TDINFO
    base::Bytes<64> report_data;       // 0x80
    base::Bytes<32> reserved_c0;       // 0xc0  zero
    base::Bytes<32> mac;               // 0xe0
};
static_assert(base::Wire<ReportMac> && sizeof(ReportMac) == 0x100);
static_assert(offsetof(ReportMac, tee_tcb_info_hash) == 0x20);
static_assert(offsetof(ReportMac, report_data) == 0x80);

// TEE_TCB_INFO.
struct TeeTcbInfo {
    base::Bytes<8> valid;           // 0x00
    base::Bytes<16> tee_tcb_svn;    // 0x08
    base::Bytes<48> mr_seam;        // 0x18
    base::Bytes<48> mr_signer_seam; // 0x48
    base::U64 attributes;           // 0x78
    base::Bytes<16> tee_tcb_svn_2;  // 0x80  TDX 1.5
    base::Bytes<95> reserved_90;    // 0x90
};
static_assert(base::Wire<TeeTcbInfo> && sizeof(TeeTcbInfo) == 239);
static_assert(offsetof(TeeTcbInfo, mr_seam) == 0x18);
static_assert(offsetof(TeeTcbInfo, attributes) == 0x78);

// TDINFO.
struct TdInfo {
    base::U64 attributes;                // 0x000
    base::U64 xfam;                      // 0x008
    base::Bytes<48> mr_td;               // 0x010
    base::Bytes<48> mr_config_id;        // 0x040
    base::Bytes<48> mr_owner;            // 0x070
    base::Bytes<48> mr_owner_config;     // 0x0a0
    std::array<base::Bytes<48>, 4> rtmr; // 0x0d0
    base::Bytes<48> serv_td_hash;        // 0x190  TDX 1.5
    base::Bytes<64> reserved_1c0;        // 0x1c0
};
static_assert(base::Wire<TdInfo> && sizeof(TdInfo) == 0x200);
static_assert(offsetof(TdInfo, rtmr) == 0xd0);
static_assert(offsetof(TdInfo, serv_td_hash) == 0x190);

struct TdReport {
    ReportMac mac;            // 0x000
    TeeTcbInfo tee_tcb_info;  // 0x100
    base::Bytes<17> reserved; // 0x1ef  zero
    TdInfo td_info;           // 0x200
};
static_assert(base::Wire<TdReport> && sizeof(TdReport) == 0x400);
static_assert(offsetof(TdReport, td_info) == 0x200);

} // namespace hw::tdx
