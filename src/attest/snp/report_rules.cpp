#include "attest/snp/report_rules.hpp"

#include "attest/asked.hpp"
#include "attest/compare.hpp"
#include "attest/snp/rules.hpp"
#include "attest/text.hpp"

#include <fmt/format.h>

namespace attest::snp {

namespace {

using hw::snp::GuestPolicy;
using hw::snp::KeyInfo;
using hw::snp::PlatformInfo;
using hw::snp::Tcb;

Place at(std::size_t offset, std::string_view field) {
    return {"report", offset, std::string(field)};
}

// A bit of POLICY or PLATFORM_INFO and what it must be.
struct BitRule {
    Rule const& rule;
    std::uint64_t mask;
    bool wanted;
    std::string_view field;
};

void judge_bit(Judge& judge, std::uint64_t value, std::size_t offset, BitRule const& bit) {
    judge.check(bit.rule, ((value & bit.mask) != 0) == bit.wanted, [&] {
        return Detail{
            fmt::format("{} {}", bit.field, int(bit.wanted)),
            fmt::format("{} in {:#x}", int(!bit.wanted), value),
            at(offset, bit.field)
        };
    });
}

std::string text(Tcb const& tcb) {
    return fmt::format(
        "fmc {} boot loader {} tee {} snp {} microcode {}",
        tcb.fmc,
        tcb.boot_loader,
        tcb.tee,
        tcb.snp,
        tcb.microcode
    );
}

} // namespace

// Table of AMD's processor families (PPR volumes): family 19h models 0-Fh Milan, 10h-1Fh and
// A0h-AFh Genoa and its kin, family 1Ah models 0-1Fh Turin.
std::optional<Product> product_of(std::uint8_t family, std::uint8_t model) {
    if (family == 0x19 && model <= 0x0f) return Product::Milan;
    if (family == 0x19 && ((model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf)))
        return Product::Genoa;
    if (family == 0x1a && model <= 0x1f) return Product::Turin;
    return {};
}

bool judge_form(Judge& judge, AttestationReport const& report) {
    KeyInfo const keys{{report.key_info}};
    auto const version = std::uint32_t(report.version);
    bool ok = judge.check(rules::version, version >= 2 && version <= 5, [&] {
        return Detail{"2, 3, 4 or 5", fmt::to_string(version), at(0x0, "VERSION")};
    });
    ok &= judge.check(
        rules::signature_algorithm, report.signature_algo == hw::snp::ecdsa_p384_sha384, [&] {
            return Detail{
                "1",
                fmt::to_string(std::uint32_t(report.signature_algo)),
                at(0x34, "SIGNATURE_ALGO")
            };
        }
    );
    ok &= judge.check(rules::mask_chip_key, !keys.get<KeyInfo::MaskChipKey>(), [&] {
        return Detail{
            "0", "1", at(0x48, "MASK_CHIP_KEY"), "The host forbade signing reports (SNP_CONFIG)."
        };
    });
    auto const signer = keys.get<KeyInfo::Signer>();
    ok &= judge.check(
        rules::signing_key,
        signer == KeyInfo::SigningKey::Vcek || signer == KeyInfo::SigningKey::Vlek,
        [&] {
            return Detail{
                "0 (VCEK) or 1 (VLEK)", fmt::to_string(int(signer)), at(0x48, "SIGNING_KEY")
            };
        }
    );
    auto const& signature = report.signature;
    bool const padded = base::all_zero(base::View{signature.r}.subspan(48)) &&
                        base::all_zero(base::View{signature.s}.subspan(48)) &&
                        base::all_zero(signature.reserved);
    ok &= judge.check(rules::signature_padding, padded, [] {
        return Detail{
            "zeros behind 48 bytes of R, of S and behind both",
            "other bytes",
            at(0x2a0, "SIGNATURE")
        };
    });
    return ok;
}

bool judge_product(Judge& judge, AttestationReport const& report, Product of_leaf) {
    if (report.version < 3U) {
        judge.check(rules::product, of_leaf != Product::Turin, [] {
            return Detail{"version 3 or later on Turin", "2", at(0x0, "VERSION")};
        });
        return of_leaf != Product::Turin;
    }
    return judge.check(
        rules::product, product_of(report.cpuid_fam_id, report.cpuid_mod_id) == of_leaf, [&] {
            return Detail{
                fmt::format("a processor of the leaf's product, {}", name_of(of_leaf)),
                fmt::format("family {:#x} model {:#x}", report.cpuid_fam_id, report.cpuid_mod_id),
                at(0x188, "CPUID_FAM_ID, CPUID_MOD_ID")
            };
        }
    );
}

void judge_reserved(Judge& judge, AttestationReport const& report, Product product) {
    bool zero = KeyInfo{{report.key_info}}.get<KeyInfo::Reserved>() == 0 &&
                base::all_zero(report.reserved_4c) && base::all_zero(report.reserved_18b) &&
                report.reserved_1eb == 0 && report.reserved_1ef == 0 &&
                base::all_zero(report.reserved_208) &&
                PlatformInfo{{report.platform_info}}.get<PlatformInfo::Reserved>() == 0;
    for (auto const* tcb :
         {&report.current_tcb, &report.reported_tcb, &report.committed_tcb, &report.launch_tcb})
        zero &= tcb->reserved_zero(product);
    if (report.version < 3U)
        zero &= report.cpuid_fam_id == 0 && report.cpuid_mod_id == 0 && report.cpuid_step == 0;
    if (report.version < 5U)
        zero &= report.launch_mit_vector == 0 && report.current_mit_vector == 0;
    judge.check(rules::reserved, zero, [] {
        return Detail{
            "zeros in all reserved fields",
            "other values: a firmware newer than this rule",
            {"report"}
        };
    });
}

void judge_firmware(Judge& judge, AttestationReport const& report, Product product) {
    auto const floor = judge.policy().snp.floors.of(product, report);
    struct Row {
        Rule const& rule;
        hw::snp::TcbVersion const& tcb;
        std::size_t offset;
        std::string_view field;
    };
    for (auto const& row :
         {Row{rules::tcb_reported, report.reported_tcb, 0x180, "REPORTED_TCB"},
          Row{rules::tcb_committed, report.committed_tcb, 0x1e0, "COMMITTED_TCB"},
          Row{rules::tcb_launch, report.launch_tcb, 0x1f0, "LAUNCH_TCB"},
          Row{rules::tcb_current, report.current_tcb, 0x38, "CURRENT_TCB"}}) {
        auto const tcb = row.tcb.decode(product);
        judge.check(row.rule, tcb.at_least(floor), [&] {
            return Detail{
                "at least " + text(floor),
                text(tcb),
                at(row.offset, row.field),
                "The platform's owner has to update its firmware."
            };
        });
    }
    auto const current = report.current_tcb.decode(product);
    bool const ordered = current.at_least(report.committed_tcb.decode(product)) &&
                         current.at_least(report.reported_tcb.decode(product)) &&
                         current.at_least(report.launch_tcb.decode(product)) &&
                         report.current.ordered() >= report.committed.ordered();
    judge.check(rules::tcb_order, ordered, [&] {
        return Detail{
            "no TCB or version above the current one",
            "one above " + text(current),
            at(0x38, "CURRENT_TCB")
        };
    });
}

void judge_policy(Judge& judge, AttestationReport const& report) {
    GuestPolicy const policy{{report.policy}};
    judge.check(
        rules::policy_form,
        policy.get<GuestPolicy::MustBeOne>() && policy.get<GuestPolicy::Reserved>() == 0,
        [&] { return Detail{"bit 17 set, bits 63:26 clear", hex(policy.raw), at(0x8, "POLICY")}; }
    );
    unsigned const asked =
        policy.get<GuestPolicy::AbiMajor>() * 0x100U + policy.get<GuestPolicy::AbiMinor>();
    unsigned const current = report.current.major * 0x100U + report.current.minor;
    judge.check(rules::policy_abi, current >= asked, [&] {
        return Detail{
            fmt::format("firmware {}.{} or later", asked >> 8, asked & 0xff),
            fmt::format("{}.{}", report.current.major, report.current.minor),
            at(0x1e8, "CURRENT_MAJOR, CURRENT_MINOR")
        };
    });
    for (auto const& bit : {
             BitRule{rules::policy_debug, GuestPolicy::Debug::mask, false, "POLICY.DEBUG"},
             BitRule{
                 rules::policy_migration, GuestPolicy::MigrateMa::mask, false, "POLICY.MIGRATE_MA"
             },
             BitRule{rules::policy_smt, GuestPolicy::Smt::mask, false, "POLICY.SMT"},
             BitRule{
                 rules::policy_single_socket,
                 GuestPolicy::SingleSocket::mask,
                 true,
                 "POLICY.SINGLE_SOCKET"
             },
             BitRule{rules::policy_cxl, GuestPolicy::CxlAllow::mask, false, "POLICY.CXL_ALLOW"},
             BitRule{
                 rules::policy_aes_256_xts,
                 GuestPolicy::MemAes256Xts::mask,
                 true,
                 "POLICY.MEM_AES_256_XTS"
             },
             BitRule{rules::policy_rapl, GuestPolicy::RaplDis::mask, true, "POLICY.RAPL_DIS"},
             BitRule{
                 rules::policy_ciphertext_hiding,
                 GuestPolicy::CiphertextHidingDram::mask,
                 true,
                 "POLICY.CIPHERTEXT_HIDING_DRAM"
             },
             BitRule{
                 rules::policy_page_swap,
                 GuestPolicy::PageSwapDisable::mask,
                 true,
                 "POLICY.PAGE_SWAP_DISABLE"
             },
         })
        judge_bit(judge, policy.raw, 0x8, bit);
}

void judge_platform(Judge& judge, AttestationReport const& report) {
    for (auto const& bit : {
             BitRule{rules::platform_smt, PlatformInfo::SmtEn::mask, false, "SMT_EN"},
             BitRule{rules::platform_tsme, PlatformInfo::TsmeEn::mask, true, "TSME_EN"},
             BitRule{rules::platform_ecc, PlatformInfo::EccEn::mask, true, "ECC_EN"},
             BitRule{rules::platform_rapl, PlatformInfo::RaplDis::mask, true, "RAPL_DIS"},
             BitRule{
                 rules::platform_ciphertext_hiding,
                 PlatformInfo::CiphertextHidingDramEn::mask,
                 true,
                 "CIPHERTEXT_HIDING_DRAM_EN"
             },
             BitRule{
                 rules::platform_alias_check,
                 PlatformInfo::AliasCheckComplete::mask,
                 true,
                 "ALIAS_CHECK_COMPLETE"
             },
         })
        judge_bit(judge, report.platform_info, 0x40, bit);
}

namespace {

Detail the_policys(base::View found, std::size_t offset, std::string_view field) {
    return {"the policy's", hex(found), at(offset, field)};
}

// Who signed the guest's ID block, and whose processor it is on.
void judge_owners(Judge& judge, AttestationReport const& report, Leaf const& leaf) {
    auto const& limits = judge.policy().snp;
    judge_asked(
        judge,
        rules::id_key,
        limits.id_key_digests,
        among(report.id_key_digest),
        the_policys(report.id_key_digest, 0xe0, "ID_KEY_DIGEST")
    );
    bool const author = KeyInfo{{report.key_info}}.get<KeyInfo::AuthorKeyEn>();
    judge_asked(
        judge,
        rules::author_key,
        limits.author_key_digests,
        [&](auto const& list) { return author && among(report.author_key_digest)(list); },
        the_policys(report.author_key_digest, 0x110, "AUTHOR_KEY_DIGEST")
    );
    judge_asked(
        judge,
        rules::chip_id,
        limits.chip_ids,
        among(report.chip_id),
        the_policys(report.chip_id, 0x1a0, "CHIP_ID")
    );
    judge_asked(
        judge,
        rules::csp,
        limits.csp_ids,
        [&](auto const& list) {
            return leaf.csp_id && std::ranges::find(list, *leaf.csp_id) != list.end();
        },
        {"one of the policy's", leaf.csp_id.value_or("none"), {"leaf", {}, "CSP_ID"}}
    );
}

} // namespace

void judge_identity(Judge& judge, AttestationReport const& report, Leaf const& leaf) {
    auto const& limits = judge.policy().snp;
    judge.check(rules::vmpl, report.vmpl <= limits.vmpl, [&] {
        return Detail{
            fmt::format("at most {}", limits.vmpl),
            fmt::to_string(std::uint32_t(report.vmpl)),
            at(0x30, "VMPL")
        };
    });
    compare_report_data(judge, rules::report_data, {report.report_data, at(0x50, "REPORT_DATA")});
    compare_measurement(judge, rules::measurement, {report.measurement, at(0x90, "MEASUREMENT")});

    judge_asked(
        judge,
        rules::guest_svn,
        limits.guest_svn,
        [&](auto least) { return report.guest_svn >= least; },
        {"the policy's or above",
         fmt::to_string(std::uint32_t(report.guest_svn)),
         at(0x4, "GUEST_SVN")}
    );
    judge_asked(
        judge,
        rules::family_id,
        limits.family_id,
        equals(report.family_id),
        the_policys(report.family_id, 0x10, "FAMILY_ID")
    );
    judge_asked(
        judge,
        rules::image_id,
        limits.image_id,
        equals(report.image_id),
        the_policys(report.image_id, 0x20, "IMAGE_ID")
    );
    judge_asked(
        judge,
        rules::host_data,
        limits.host_data,
        equals(report.host_data),
        the_policys(report.host_data, 0xc0, "HOST_DATA")
    );
    judge_owners(judge, report, leaf);
}

} // namespace attest::snp
