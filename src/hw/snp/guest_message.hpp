#pragma once

// What a guest and the secure processor say to each other, through pages that the host carries.
// SEV-SNP firmware ABI 1.58, chapter 7 and 8.26.

#include "base/wire.hpp"
#include "hw/snp/attestation_report.hpp"

#include <cstddef>

namespace hw::snp {

enum class MessageType : std::uint8_t {
    Invalid = 0,
    KeyRequest = 3,
    KeyResponse = 4,
    ReportRequest = 5,
    ReportResponse = 6
};

// 8.26, table 98. From `algorithm` on it is authenticated; what follows it is encrypted.
struct MessageHeader {
    base::Bytes<16> tag;         // 0x00
    base::Bytes<16> tag_rest;    // 0x10  zero
    base::U64 sequence_number;   // 0x20
    base::Bytes<8> reserved_28;  // 0x28
    std::uint8_t algorithm;      // 0x30  1: AES-256-GCM
    std::uint8_t header_version; // 0x31
    base::U16 header_size;       // 0x32
    MessageType type;            // 0x34
    std::uint8_t version;        // 0x35  of the message
    base::U16 size;              // 0x36  of what follows the header
    base::Bytes<4> reserved_38;  // 0x38
    std::uint8_t key;            // 0x3c  which VMPCK
    base::Bytes<35> reserved_3d; // 0x3d
};
static_assert(base::Wire<MessageHeader> && sizeof(MessageHeader) == 0x60);
static_assert(offsetof(MessageHeader, algorithm) == 0x30);
static_assert(offsetof(MessageHeader, key) == 0x3c);

inline constexpr std::uint8_t message_aes_256_gcm = 1;
inline constexpr std::uint8_t message_header_version = 1;
inline constexpr std::uint8_t message_version = 1;

// 7.2, MSG_KEY_REQ.
struct KeyRequest {
    base::U32 root;         // 0x00  bit 0: the VMRK; [2:1] 0 VLEK if there is one, 1 VCEK, 2 VLEK
    base::U32 reserved_04;  // 0x04
    base::U64 fields;       // 0x08  which of the guest's are mixed in: key_of_*
    base::U32 vmpl;         // 0x10
    base::U32 guest_svn;    // 0x14
    TcbVersion tcb_version; // 0x18  at most the committed one
};
static_assert(base::Wire<KeyRequest> && sizeof(KeyRequest) == 0x20);

inline constexpr std::uint32_t root_is_vcek = 1U << 1;
inline constexpr std::uint64_t key_of_policy = 1U << 0;
inline constexpr std::uint64_t key_of_measurement = 1U << 3;
inline constexpr std::uint64_t key_of_tcb = 1U << 5;

// 7.2, MSG_KEY_RSP.
struct KeyResponse {
    base::U32 status;            // 0x00  0: success
    base::Bytes<28> reserved_04; // 0x04
    base::Bytes<32> key;         // 0x20
};
static_assert(base::Wire<KeyResponse> && sizeof(KeyResponse) == 0x40);

// 7.3, MSG_REPORT_REQ.
struct ReportRequest {
    base::Bytes<64> report_data; // 0x00
    base::U32 vmpl;              // 0x40
    base::U32 key_select;        // 0x44  0: the VLEK, where one is loaded, else the VCEK
    base::Bytes<24> reserved_48; // 0x48
};
static_assert(base::Wire<ReportRequest> && sizeof(ReportRequest) == 0x60);

// 7.3, MSG_REPORT_RSP.
struct ReportResponse {
    base::U32 status;            // 0x00  0: success
    base::U32 size;              // 0x04  of the report
    base::Bytes<24> reserved_08; // 0x08
    AttestationReport report;    // 0x20
};
static_assert(base::Wire<ReportResponse> && sizeof(ReportResponse) == 0x20 + 0x4a0);

} // namespace hw::snp
