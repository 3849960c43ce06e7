#pragma once

// The body of an SGX report, Intel SDM volume 3D, table 38-21 (REPORT), bytes 0 to 383: what an
// enclave is.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::sgx {

// 38.7.1, ATTRIBUTES.
struct Attributes {
    base::U64 flags; // 0x00
    base::U64 xfrm;  // 0x08

    static constexpr std::uint64_t init = 1ULL << 0;
    static constexpr std::uint64_t debug = 1ULL << 1;
    static constexpr std::uint64_t mode64bit = 1ULL << 2;
    static constexpr std::uint64_t provision_key = 1ULL << 4;
    static constexpr std::uint64_t einittoken_key = 1ULL << 5;
    static constexpr std::uint64_t cet = 1ULL << 6;
    static constexpr std::uint64_t kss = 1ULL << 7;
    static constexpr std::uint64_t aex_notify = 1ULL << 10;
};
static_assert(base::Wire<Attributes> && sizeof(Attributes) == 0x10);

struct ReportBody {
    base::Bytes<16> cpu_svn;         // 0x000
    base::U32 misc_select;           // 0x010
    base::Bytes<12> reserved_014;    // 0x014  zero
    base::Bytes<16> isv_ext_prod_id; // 0x020
    Attributes attributes;           // 0x030
    base::Bytes<32> mr_enclave;      // 0x040
    base::Bytes<32> reserved_060;    // 0x060  zero
    base::Bytes<32> mr_signer;       // 0x080
    base::Bytes<32> reserved_0a0;    // 0x0a0  zero
    base::Bytes<64> config_id;       // 0x0c0
    base::U16 isv_prod_id;           // 0x100
    base::U16 isv_svn;               // 0x102
    base::U16 config_svn;            // 0x104
    base::Bytes<42> reserved_106;    // 0x106  zero
    base::Bytes<16> isv_family_id;   // 0x130
    base::Bytes<64> report_data;     // 0x140
};
static_assert(base::Wire<ReportBody> && sizeof(ReportBody) == 0x180);
static_assert(offsetof(ReportBody, attributes) == 0x30);
static_assert(offsetof(ReportBody, mr_enclave) == 0x40);
static_assert(offsetof(ReportBody, mr_signer) == 0x80);
static_assert(offsetof(ReportBody, config_id) == 0xc0);
static_assert(offsetof(ReportBody, isv_prod_id) == 0x100);
static_assert(offsetof(ReportBody, isv_family_id) == 0x130);
static_assert(offsetof(ReportBody, report_data) == 0x140);

} // namespace hw::sgx
