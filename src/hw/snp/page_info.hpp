#pragma once

// PAGE_INFO: what the AMD secure processor hashes for each page of a guest that is launched,
// SEV-SNP firmware ABI 1.58, 8.17.2, table 67.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::snp {

// 8.17, PAGE_TYPE of SNP_LAUNCH_UPDATE.
enum class PageType : std::uint8_t {
    Normal = 1,
    Vmsa = 2,
    Zero = 3,
    Unmeasured = 4,
    Secrets = 5,
    Cpuid = 6
};

struct PageInfo {
    base::Bytes<48> digest_cur; // 0x00  the launch digest so far
    base::Bytes<48> contents;   // 0x30  SHA-384 of the page; zero where not measured
    base::U16 length;           // 0x60  of this structure
    std::uint8_t page_type;     // 0x62
    std::uint8_t imi_page;      // 0x63  [0]: part of an initial migration image
    std::uint8_t vmpl3_perms;   // 0x64
    std::uint8_t vmpl2_perms;   // 0x65
    std::uint8_t vmpl1_perms;   // 0x66
    std::uint8_t reserved_67;   // 0x67  zero
    base::U64 gpa;              // 0x68
};
static_assert(base::Wire<PageInfo> && sizeof(PageInfo) == 0x70);
static_assert(offsetof(PageInfo, contents) == 0x30);
static_assert(offsetof(PageInfo, length) == 0x60);
static_assert(offsetof(PageInfo, vmpl3_perms) == 0x64);
static_assert(offsetof(PageInfo, gpa) == 0x68);

} // namespace hw::snp
