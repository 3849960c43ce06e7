#include "attest/snp/leaf.hpp"
#include "attest/snp/report_rules.hpp"
#include "attest/text.hpp"
#include "attest/wanted/of_evidence.hpp"
#include "hw/snp/attestation_report.hpp"

#include <fmt/format.h>

namespace attest::wanted {

namespace {

using hw::snp::AttestationReport;
using hw::snp::KeyInfo;
using hw::snp::Product;

std::unexpected<Unusable> unusable(std::size_t offset, std::string expected, std::string found) {
    return std::unexpected(Unusable{"report", offset, std::move(expected), std::move(found)});
}

// KDS 4.1, "Get VCEK certificate": the TCB in decimal, what the product does not have left out.
Wanted vcek(Chip const& chip) {
    bool const turin = chip.product == Product::Turin;
    auto const tcb = chip.reported_tcb.decode(chip.product);
    auto const hwid = base::View{chip.id}.first(turin ? 8 : 64);
    return {
        .service = Service::AmdKds,
        .target = fmt::format(
            "/vcek/v1/{}/{}?{}blSPL={:02}&teeSPL={:02}&snpSPL={:02}&ucodeSPL={:02}",
            snp::name_of(chip.product),
            hex(hwid),
            turin ? fmt::format("fmcSPL={:02}&", tcb.fmc) : "",
            tcb.boot_loader,
            tcb.tee,
            tcb.snp,
            tcb.microcode
        ),
        .what = Vcek{.product = chip.product, .hwid = {hwid.begin(), hwid.end()}, .tcb = tcb},
    };
}

// KDS 4.2 and 4.3.
void add_issuers(std::vector<Wanted>& out, std::string_view name, bool vlek) {
    auto const path = fmt::format("/{}/v1/{}", vlek ? "vlek" : "vcek", name);
    out.push_back(
        {.service = Service::AmdKds,
         .target = path + "/cert_chain",
         .what = Chain{.subject = fmt::format("{}{}", vlek ? "SEV-VLEK-" : "SEV-", name)}}
    );
    out.push_back(
        {.service = Service::AmdKds,
         .target = path + "/crl",
         .what = List{.issuer = fmt::format("ARK-{}", name)}}
    );
}

} // namespace

std::vector<Wanted> endorsements_of(Chip const& chip) {
    std::vector<Wanted> out{vcek(chip)};
    add_issuers(out, snp::name_of(chip.product), false);
    return out;
}

Wishes of_report(base::View bytes, std::optional<Product> product) {
    auto left = bytes;
    auto const report = base::take<AttestationReport>(left);
    if (!report || !left.empty()) return unusable(0, "1184 bytes", fmt::to_string(bytes.size()));
    if (report->version >= 3U) {
        auto const told = snp::product_of(report->cpuid_fam_id, report->cpuid_mod_id);
        if (!told) return unusable(0x188, "the family of Milan, Genoa or Turin", "another");
        if (product && product != told)
            return unusable(
                0x188, std::string{snp::name_of(*product)}, "a report of another product"
            );
        product = told;
    }
    if (!product)
        return unusable(
            0x0,
            "the name of the product: a report of version 2 does not tell it (--product)",
            "none"
        );
    auto const key = KeyInfo{{report->key_info}}.get<KeyInfo::Signer>();
    if (key != KeyInfo::SigningKey::Vlek) {
        if (base::all_zero(report->chip_id))
            return unusable(0x1a0, "a CHIP_ID", "zeros: the host masks it");
        return endorsements_of(
            {.product = *product, .id = report->chip_id, .reported_tcb = report->reported_tcb}
        );
    }
    // The VLEK itself is its provider's to give.
    std::vector<Wanted> out;
    add_issuers(out, snp::name_of(*product), true);
    return out;
}

} // namespace attest::wanted
