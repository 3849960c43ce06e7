// Fields of an SEV-SNP report, SEV-SNP firmware ABI 7.3, ATTESTATION_REPORT; the bits of POLICY are
// in 4.3.

#include "attest/result/claims.hpp"
#include "attest/text.hpp"

namespace attest::result {

namespace {

using hw::snp::AttestationReport;
using hw::snp::KeyInfo;

Json tcb_json(hw::snp::Tcb const& tcb, hw::snp::Product product) {
    Json out{
        {"boot_loader", tcb.boot_loader},
        {"tee", tcb.tee},
        {"snp", tcb.snp},
        {"microcode", tcb.microcode},
    };
    if (product == hw::snp::Product::Turin) out["fmc"] = tcb.fmc;
    return out;
}

Json policy_bits(base::U64 raw) {
    using hw::snp::GuestPolicy;
    GuestPolicy const policy{{raw}};
    return {
        {"abi_minor", policy.get<GuestPolicy::AbiMinor>()},
        {"abi_major", policy.get<GuestPolicy::AbiMajor>()},
        {"smt", policy.get<GuestPolicy::Smt>()},
        {"migrate_ma", policy.get<GuestPolicy::MigrateMa>()},
        {"debug", policy.get<GuestPolicy::Debug>()},
        {"single_socket", policy.get<GuestPolicy::SingleSocket>()},
        {"cxl_allow", policy.get<GuestPolicy::CxlAllow>()},
        {"mem_aes_256_xts", policy.get<GuestPolicy::MemAes256Xts>()},
        {"rapl_dis", policy.get<GuestPolicy::RaplDis>()},
        {"ciphertext_hiding_dram", policy.get<GuestPolicy::CiphertextHidingDram>()},
        {"page_swap_disable", policy.get<GuestPolicy::PageSwapDisable>()},
    };
}

Json platform_bits(base::U64 raw) {
    using hw::snp::PlatformInfo;
    PlatformInfo const info{{raw}};
    return {
        {"smt_en", info.get<PlatformInfo::SmtEn>()},
        {"tsme_en", info.get<PlatformInfo::TsmeEn>()},
        {"ecc_en", info.get<PlatformInfo::EccEn>()},
        {"rapl_dis", info.get<PlatformInfo::RaplDis>()},
        {"ciphertext_hiding_dram_en", info.get<PlatformInfo::CiphertextHidingDramEn>()},
        {"alias_check_complete", info.get<PlatformInfo::AliasCheckComplete>()},
        {"tio_en", info.get<PlatformInfo::TioEn>()},
    };
}

std::string_view name_of(KeyInfo::SigningKey key) {
    return key == KeyInfo::SigningKey::Vcek ? "VCEK" : "VLEK";
}

void add_identity(Json& out, AttestationReport const& report) {
    KeyInfo const keys{{report.key_info}};
    out["signing_key"] = name_of(keys.get<KeyInfo::Signer>());
    out["mask_chip_key"] = keys.get<KeyInfo::MaskChipKey>();
    out["author_key_en"] = keys.get<KeyInfo::AuthorKeyEn>();
    out["report_data"] = hex(report.report_data);
    out["measurement"] = hex(report.measurement);
    out["host_data"] = hex(report.host_data);
    out["id_key_digest"] = hex(report.id_key_digest);
    out["author_key_digest"] = hex(report.author_key_digest);
    out["report_id"] = hex(report.report_id);
    out["report_id_ma"] = hex(report.report_id_ma);
    out["chip_id"] = hex(report.chip_id);
}

void add_firmware(Json& out, AttestationReport const& report, hw::snp::Product product) {
    for (auto const& [name, tcb] :
         {std::pair{"reported_tcb", report.reported_tcb},
          std::pair{"current_tcb", report.current_tcb},
          std::pair{"committed_tcb", report.committed_tcb},
          std::pair{"launch_tcb", report.launch_tcb}})
        out[name] = tcb_json(tcb.decode(product), product);
    for (auto const& [prefix, version] :
         {std::pair{std::string{"current_"}, report.current},
          std::pair{std::string{"committed_"}, report.committed}}) {
        out[prefix + "build"] = version.build;
        out[prefix + "minor"] = version.minor;
        out[prefix + "major"] = version.major;
    }
}

// What later versions of the report have.
void add_later(Json& out, AttestationReport const& report) {
    if (report.version >= 3U) {
        out["cpuid_fam_id"] = hex(std::uint64_t{report.cpuid_fam_id});
        out["cpuid_mod_id"] = hex(std::uint64_t{report.cpuid_mod_id});
        out["cpuid_step"] = hex(std::uint64_t{report.cpuid_step});
    }
    if (report.version >= 5U) {
        out["launch_mit_vector"] = hex(std::uint64_t{report.launch_mit_vector});
        out["current_mit_vector"] = hex(std::uint64_t{report.current_mit_vector});
    }
}

} // namespace

Json json_of(snp::Claims const& claims) {
    auto const& report = claims.report;
    Json out{
        {"product", claims.product_name},
        {"version", std::uint32_t{report.version}},
        {"guest_svn", std::uint32_t{report.guest_svn}},
        {"policy", hex(std::uint64_t{report.policy})},
        {"policy_bits", policy_bits(report.policy)},
        {"family_id", hex(report.family_id)},
        {"image_id", hex(report.image_id)},
        {"vmpl", std::uint32_t{report.vmpl}},
        {"signature_algo", std::uint32_t{report.signature_algo}},
        {"platform_info", hex(std::uint64_t{report.platform_info})},
        {"platform_info_bits", platform_bits(report.platform_info)},
    };
    add_identity(out, report);
    add_firmware(out, report, claims.product);
    add_later(out, report);
    if (!claims.csp_id.empty()) out["csp_id"] = claims.csp_id;
    return out;
}

} // namespace attest::result
