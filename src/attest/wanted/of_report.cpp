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
Wanted vcek(AttestationReport const& report, Product product) {
    bool const turin = product == Product::Turin;
    auto const tcb = report.reported_tcb.decode(product);
    auto const hwid = base::View{report.chip_id}.first(turin ? 8 : 64);
    return {
        .service = Service::AmdKds,
        .target = fmt::format(
            "/vcek/v1/{}/{}?{}blSPL={:02}&teeSPL={:02}&snpSPL={:02}&ucodeSPL={:02}",
            snp::name_of(product),
            hex(hwid),
            turin ? fmt::format("fmcSPL={:02}&", tcb.fmc) : "",
            tcb.boot_loader,
            tcb.tee,
            tcb.snp,
            tcb.microcode
        ),
        .what = Vcek{.product = product, .hwid = {hwid.begin(), hwid.end()}, .tcb = tcb},
    };
}

} // namespace

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
    std::string const name{snp::name_of(*product)};
    auto const key = KeyInfo{{report->key_info}}.get<KeyInfo::Signer>();
    bool const vlek = key == KeyInfo::SigningKey::Vlek;
    std::string const path = (vlek ? "/vlek/v1/" : "/vcek/v1/") + name;
    std::vector<Wanted> out;
    if (!vlek) {
        if (base::all_zero(report->chip_id))
            return unusable(0x1a0, "a CHIP_ID", "zeros: the host masks it");
        out.push_back(vcek(*report, *product));
    }
    out.push_back(
        {.service = Service::AmdKds,
         .target = path + "/cert_chain",
         .what = Chain{.subject = (vlek ? "SEV-VLEK-" : "SEV-") + name}}
    );
    out.push_back(
        {.service = Service::AmdKds, .target = path + "/crl", .what = List{.issuer = "ARK-" + name}}
    );
    return out;
}

} // namespace attest::wanted
