#pragma once

// What the AMD secure processor signs for a guest: ATTESTATION_REPORT, SEV-SNP firmware ABI
// (publication 56860, revision 1.55 for versions 2 and 3, 1.58 for version 5), 7.3.

#include "base/field.hpp"
#include "base/wire.hpp"
#include "hw/snp/tcb.hpp"

namespace hw::snp {

// 4.3, guest policy: what the owner of the guest asked of the platform.
struct GuestPolicy : base::Register<GuestPolicy> {
    using AbiMinor = base::Field<std::uint8_t, 7, 0>;
    using AbiMajor = base::Field<std::uint8_t, 15, 8>;
    using Smt = base::Field<bool, 16>;
    using MustBeOne = base::Field<bool, 17>;
    using MigrateMa = base::Field<bool, 18>;
    using Debug = base::Field<bool, 19>;
    using SingleSocket = base::Field<bool, 20>;
    using CxlAllow = base::Field<bool, 21>;
    using MemAes256Xts = base::Field<bool, 22>;
    using RaplDis = base::Field<bool, 23>;
    using CiphertextHidingDram = base::Field<bool, 24>;
    using PageSwapDisable = base::Field<bool, 25>;
    using Reserved = base::Field<std::uint64_t, 63, 26>;
};

// 7.3, PLATFORM_INFO: how the platform is set up.
struct PlatformInfo : base::Register<PlatformInfo> {
    using SmtEn = base::Field<bool, 0>;
    using TsmeEn = base::Field<bool, 1>;
    using EccEn = base::Field<bool, 2>;
    using RaplDis = base::Field<bool, 3>;
    using CiphertextHidingDramEn = base::Field<bool, 4>;
    using AliasCheckComplete = base::Field<bool, 5>;
    using IommuWriteSafe = base::Field<bool, 6>;
    using TioEn = base::Field<bool, 7>;
    using Reserved = base::Field<std::uint64_t, 63, 8>;
};

// 7.3, offset 0x48 of ATTESTATION_REPORT.
struct KeyInfo : base::Register<KeyInfo> {
    enum class SigningKey : std::uint8_t { Vcek = 0, Vlek = 1, None = 7 };
    using AuthorKeyEn = base::Field<bool, 0>;
    using MaskChipKey = base::Field<bool, 1>;
    using Signer = base::Field<SigningKey, 4, 2>;
    using Reserved = base::Field<std::uint32_t, 31, 5>;
};

struct FirmwareVersion {
    std::uint8_t build;
    std::uint8_t minor;
    std::uint8_t major;

    constexpr std::uint32_t ordered() const { return major * 0x10000U + minor * 0x100U + build; }
};

// Chapter 10, signature algorithms and the format of ECDSA P-384 with SHA-384: little-endian
// numbers.
inline constexpr std::uint32_t ecdsa_p384_sha384 = 1;
struct Signature {
    base::Bytes<72> r;         // 0x000
    base::Bytes<72> s;         // 0x048
    base::Bytes<368> reserved; // 0x090
};
static_assert(base::Wire<Signature> && sizeof(Signature) == 512);

struct AttestationReport {
    base::U32 version;                 // 0x000
    base::U32 guest_svn;               // 0x004
    base::U64 policy;                  // 0x008
    base::Bytes<16> family_id;         // 0x010
    base::Bytes<16> image_id;          // 0x020
    base::U32 vmpl;                    // 0x030
    base::U32 signature_algo;          // 0x034
    TcbVersion current_tcb;            // 0x038
    base::U64 platform_info;           // 0x040
    base::U32 key_info;                // 0x048
    base::Bytes<4> reserved_4c;        // 0x04c
    base::Bytes<64> report_data;       // 0x050  chosen by the guest
    base::Bytes<48> measurement;       // 0x090
    base::Bytes<32> host_data;         // 0x0c0  chosen by the host
    base::Bytes<48> id_key_digest;     // 0x0e0
    base::Bytes<48> author_key_digest; // 0x110
    base::Bytes<32> report_id;         // 0x140
    base::Bytes<32> report_id_ma;      // 0x160
    TcbVersion reported_tcb;           // 0x180
    std::uint8_t cpuid_fam_id;         // 0x188  version 3 and later
    std::uint8_t cpuid_mod_id;         // 0x189
    std::uint8_t cpuid_step;           // 0x18a
    base::Bytes<21> reserved_18b;      // 0x18b
    base::Bytes<64> chip_id;           // 0x1a0  zero if the host masks it
    TcbVersion committed_tcb;          // 0x1e0
    FirmwareVersion current;           // 0x1e8
    std::uint8_t reserved_1eb;         // 0x1eb
    FirmwareVersion committed;         // 0x1ec
    std::uint8_t reserved_1ef;         // 0x1ef
    TcbVersion launch_tcb;             // 0x1f0
    base::U64 launch_mit_vector;       // 0x1f8  version 5 and later
    base::U64 current_mit_vector;      // 0x200
    base::Bytes<152> reserved_208;     // 0x208
    Signature signature;               // 0x2a0  of all bytes before it
};
static_assert(base::Wire<AttestationReport> && sizeof(AttestationReport) == 0x4a0);
static_assert(offsetof(AttestationReport, current_tcb) == 0x038);
static_assert(offsetof(AttestationReport, key_info) == 0x048);
static_assert(offsetof(AttestationReport, report_data) == 0x050);
static_assert(offsetof(AttestationReport, measurement) == 0x090);
static_assert(offsetof(AttestationReport, id_key_digest) == 0x0e0);
static_assert(offsetof(AttestationReport, report_id_ma) == 0x160);
static_assert(offsetof(AttestationReport, cpuid_fam_id) == 0x188);
static_assert(offsetof(AttestationReport, chip_id) == 0x1a0);
static_assert(offsetof(AttestationReport, committed_tcb) == 0x1e0);
static_assert(offsetof(AttestationReport, committed) == 0x1ec);
static_assert(offsetof(AttestationReport, launch_tcb) == 0x1f0);
static_assert(offsetof(AttestationReport, launch_mit_vector) == 0x1f8);
static_assert(offsetof(AttestationReport, signature) == 0x2a0);

} // namespace hw::snp
