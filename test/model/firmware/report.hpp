// The attestation report as the firmware lays it out (AMD 56860, 7.3, table 23, version 3).
#pragma once
#include "firmware/crypto.hpp"
#include "firmware/platform.hpp"

#include <array>
#include <cstdint>

namespace model::firmware {

struct Report {
    std::uint32_t version;                         // 0x000
    std::uint32_t guest_svn;                       // 0x004
    std::uint64_t policy;                          // 0x008
    std::array<std::byte, 16> family_id;           // 0x010
    std::array<std::byte, 16> image_id;            // 0x020
    std::uint32_t vmpl;                            // 0x030
    std::uint32_t signature_algo;                  // 0x034
    Tcb current_tcb;                               // 0x038
    std::uint64_t platform_info;                   // 0x040
    std::uint32_t flags;                           // 0x048
    std::uint32_t reserved_4c;                     // 0x04c
    std::array<std::byte, 64> report_data;         // 0x050
    Sha384 measurement;                            // 0x090
    std::array<std::byte, 32> host_data;           // 0x0c0
    Sha384 id_key_digest;                          // 0x0e0
    Sha384 author_key_digest;                      // 0x110
    std::array<std::byte, 32> report_id;           // 0x140
    std::array<std::byte, 32> report_id_ma;        // 0x160
    Tcb reported_tcb;                              // 0x180
    std::uint8_t cpuid_fam_id;                     // 0x188
    std::uint8_t cpuid_mod_id;                     // 0x189
    std::uint8_t cpuid_step;                       // 0x18a
    std::array<std::byte, 21> reserved_18b;        // 0x18b
    std::array<std::byte, 64> chip_id;             // 0x1a0
    Tcb committed_tcb;                             // 0x1e0
    std::array<std::uint8_t, 4> current_version;   // 0x1e8: build, minor, major, 0
    std::array<std::uint8_t, 4> committed_version; // 0x1ec
    Tcb launch_tcb;                                // 0x1f0
    std::array<std::byte, 168> reserved_1f8;       // 0x1f8
    std::array<std::byte, 72> signature_r;         // 0x2a0, little-endian
    std::array<std::byte, 72> signature_s;         // 0x2e8
    std::array<std::byte, 368> signature_reserved; // 0x330
};
static_assert(
    sizeof(Report) == 0x4a0 && offsetof(Report, chip_id) == 0x1a0 &&
    offsetof(Report, signature_r) == 0x2a0
);
constexpr std::size_t signed_size = 0x2a0;

} // namespace model::firmware
