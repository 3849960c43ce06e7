#pragma once

// The body of a TD report as a quote carries it, Intel TDX DCAP Quoting Library API, appendix A.3.2
// and A.4.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::tdx {

// TD attributes, Intel TDX Module Base Architecture Specification, table 3.4.
struct TdAttributes {
    static constexpr std::uint64_t debug = 1ULL << 0; // TUD [7:0]: bit 0
    static constexpr std::uint64_t tud_mask = 0xff;   // any of these: the TD is not to be trusted
    static constexpr std::uint64_t icssd = 1ULL << 16;
    static constexpr std::uint64_t lass = 1ULL << 27;
    static constexpr std::uint64_t sept_ve_disable = 1ULL << 28;
    static constexpr std::uint64_t migratable = 1ULL << 29;
    static constexpr std::uint64_t pks = 1ULL << 30;
    static constexpr std::uint64_t kl = 1ULL << 31;
    static constexpr std::uint64_t tpa = 1ULL << 62;
    static constexpr std::uint64_t perfmon = 1ULL << 63;
    static constexpr std::uint64_t reserved_mask =
        ~(tud_mask | icssd | lass | sept_ve_disable | migratable | pks | kl | tpa | perfmon);
};

// A.3.2, TD quote body of TDX 1.0.
struct ReportBody {
    base::Bytes<16> tee_tcb_svn;         // 0x000
    base::Bytes<48> mr_seam;             // 0x010
    base::Bytes<48> mr_signer_seam;      // 0x040
    base::U64 seam_attributes;           // 0x070
    base::U64 td_attributes;             // 0x078
    base::U64 xfam;                      // 0x080
    base::Bytes<48> mr_td;               // 0x088
    base::Bytes<48> mr_config_id;        // 0x0b8
    base::Bytes<48> mr_owner;            // 0x0e8
    base::Bytes<48> mr_owner_config;     // 0x118
    std::array<base::Bytes<48>, 4> rtmr; // 0x148
    base::Bytes<64> report_data;         // 0x208
};
static_assert(base::Wire<ReportBody> && sizeof(ReportBody) == 0x248);
static_assert(offsetof(ReportBody, seam_attributes) == 0x70);
static_assert(offsetof(ReportBody, mr_td) == 0x88);
static_assert(offsetof(ReportBody, rtmr) == 0x148);
static_assert(offsetof(ReportBody, report_data) == 0x208);

// A.4, what TDX 1.5 adds behind it.
struct ReportBody15Tail {
    base::Bytes<16> tee_tcb_svn_2; // 0x248
    base::Bytes<48> mr_service_td; // 0x258
};
static_assert(base::Wire<ReportBody15Tail> && sizeof(ReportBody15Tail) == 0x40);

} // namespace hw::tdx
