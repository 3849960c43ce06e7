#pragma once

// The frame of an Intel quote, versions 3, 4 and 5.
//
// Version 3: Intel SGX ECDSA QuoteLibReference DCAP API, appendix A.4. Versions 4 and 5: Intel TDX
// DCAP Quoting Library API, appendix A.3 and A.4.

#include "base/wire.hpp"
#include "hw/sgx/report.hpp"

#include <cstddef>

namespace hw::quote {

inline constexpr std::uint16_t ecdsa_p256 = 2; // attestation key type
inline constexpr std::uint32_t tee_sgx = 0x00;
inline constexpr std::uint32_t tee_tdx = 0x81;

// 939a7233-f79c-4ca9-940a-0db3957f0607: Intel's quoting enclave.
inline constexpr std::array<std::uint8_t, 16> intel_qe_vendor_id{
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07
};

struct Header {
    base::U16 version;            // 0x00  3, 4 or 5
    base::U16 att_key_type;       // 0x02
    base::U32 tee_type;           // 0x04  version 3: reserved, zero
    base::U16 qe_svn;             // 0x08  versions 4 and 5: reserved
    base::U16 pce_svn;            // 0x0a  versions 4 and 5: reserved
    base::Bytes<16> qe_vendor_id; // 0x0c
    base::Bytes<20> user_data;    // 0x1c
};
static_assert(base::Wire<Header> && sizeof(Header) == 0x30);

// Version 5 only, between header and body; signed like both.
enum class BodyType : std::uint16_t { SgxEnclave = 1, Td10 = 2, Td15 = 3 };
struct BodyDescriptor {
    base::U16 type; // 0x00
    base::U32 size; // 0x02
};
static_assert(base::Wire<BodyDescriptor> && sizeof(BodyDescriptor) == 6);

// Behind the body and a 32-bit length: the signature data, first its fixed part.
struct EcdsaSignatureHead {
    base::Bytes<64> signature;       // 0x00  over header, descriptor and body: r, s big-endian
    base::Bytes<64> attestation_key; // 0x40  x, y big-endian
};
static_assert(base::Wire<EcdsaSignatureHead> && sizeof(EcdsaSignatureHead) == 0x80);

// Certification data: type, size, then `size` bytes.
enum class CertificationType : std::uint16_t {
    PpidPlain = 1,
    PpidRsa2048 = 2,
    PpidRsa3072 = 3,
    PckLeaf = 4,
    PckChain = 5,
    QeReport = 6,
    PlatformManifest = 7
};
struct CertificationHead {
    base::U16 type; // 0x00
    base::U32 size; // 0x02
};
static_assert(base::Wire<CertificationHead> && sizeof(CertificationHead) == 6);

// The quoting enclave's report and the PCK's signature over it. Version 3: behind
// EcdsaSignatureHead; versions 4 and 5: the first part of certification data of type QeReport.
struct QeReport {
    hw::sgx::ReportBody report; // 0x000
    base::Bytes<64> signature;  // 0x180
};
static_assert(base::Wire<QeReport> && sizeof(QeReport) == 0x1c0);

} // namespace hw::quote
