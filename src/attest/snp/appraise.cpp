#include "attest/snp/appraise.hpp"

#include "attest/form.hpp"
#include "attest/leftovers.hpp"
#include "attest/snp/report_rules.hpp"
#include "attest/snp/rules.hpp"
#include "attest/text.hpp"
#include "crypto/curve_point.hpp"
#include "crypto/name.hpp"

#include <fmt/format.h>

namespace attest::snp {

namespace {

using hw::snp::KeyInfo;
using Link = Sourced<crypto::Certificate>;

constexpr ChainRules chain_rules{
    rules::chain_complete,
    rules::chain_root,
    rules::chain_authority,
    rules::chain_signature,
    rules::chain_validity
};
constexpr RevocationRules revocation_rules{
    rules::crl_present, rules::crl_signature, rules::crl_fresh, rules::crl_clean
};

bool is_of(Link const& link, AttestationReport const& report) {
    auto const leaf = parse_leaf(link.value);
    if (!leaf || report.reported_tcb.decode(leaf->product) != leaf->tcb) return false;
    return leaf->kind == KeyInfo::SigningKey::Vlek ||
           base::equal(leaf->hwid, base::View{report.chip_id}.first(leaf->hwid.size()));
}

// Which leaf it is, for messages.
std::string described(Link const& link) {
    constexpr std::size_t shown = 8; // bytes of a HWID
    auto const leaf = parse_leaf(link.value);
    if (!leaf) return link.source + ", malformed";
    auto const& t = leaf->tcb;
    auto const tcb =
        fmt::format("TCB {}.{}.{}.{}.{}", t.fmc, t.boot_loader, t.tee, t.snp, t.microcode);
    if (leaf->kind == KeyInfo::SigningKey::Vlek) return link.source + ", " + tcb;
    auto const hwid = leaf->hwid.first(std::min(leaf->hwid.size(), shown));
    return fmt::format("{}, chip {}.., {}", link.source, hex(hwid), tcb);
}

// The leaf of the kind that signed: the one for this chip and TCB, or the only one that was given.
Link const* find_leaf(Judge& judge, Request const& request, AttestationReport const& report) {
    auto const kind = KeyInfo{{report.key_info}}.get<KeyInfo::Signer>();
    Link const* only = nullptr;
    std::size_t count = 0;
    std::string others;
    for (auto const& link : request.endorsements.certificates()) {
        if (leaf_kind(link.value) != kind) continue;
        if (is_of(link, report)) {
            judge.check(rules::leaf_present, true, [] { return Detail{}; });
            return &link;
        }
        only = &link;
        ++count;
        others += (others.empty() ? "" : "; ") + described(link);
    }
    if (count == 1) {
        judge.check(rules::leaf_present, true, [] { return Detail{}; });
        return only;
    }
    auto const* name = kind == KeyInfo::SigningKey::Vcek ? "VCEK" : "VLEK";
    judge.undecided(
        rules::leaf_present,
        {fmt::format(
             "the {} of chip {} at TCB {}", name, hex(report.chip_id), hex(report.reported_tcb.raw)
         ),
         count == 0 ? "none" : "only those of other chips or TCBs: " + others,
         {"endorsements"},
         "Get it from AMD: `enarx collateral fetch`."}
    );
    return nullptr;
}

std::string issuer_name(Leaf const& leaf) {
    return (leaf.kind == KeyInfo::SigningKey::Vlek ? "SEV-VLEK-" : "SEV-") +
           std::string(name_of(leaf.product));
}

// The other intermediate of the same product: a chain was given, but not this leaf's.
Link const* other_intermediate(Request const& request, Leaf const& leaf) {
    auto const other = (leaf.kind == KeyInfo::SigningKey::Vlek ? "SEV-" : "SEV-VLEK-") +
                       std::string(name_of(leaf.product));
    Link const* found = nullptr;
    for (auto const& link : request.endorsements.certificates()) {
        auto const name = crypto::common_name(link.value.subject());
        if (name == issuer_name(leaf)) return nullptr;
        if (name == other) found = &link;
    }
    return found;
}

std::optional<Leaf> judge_profile(Judge& judge, Link const& link) {
    auto leaf = parse_leaf(link.value);
    auto const key = crypto::PublicKey::parse(link.value.public_key_info());
    bool const p384 = key && key->kind() == crypto::KeyKind::P384;
    auto const ok = judge.check(rules::leaf_profile, leaf && p384, [&] {
        if (!leaf)
            return Detail{
                std::string(leaf.error().what),
                "another or none",
                {link.source, leaf.error().offset, std::string(field_named(leaf.error().what))}
            };
        return Detail{"a P-384 key", "another key", {link.source, {}, "subjectPublicKeyInfo"}};
    });
    if (!ok) return {};
    return std::move(*leaf);
}

bool judge_issuer(Judge& judge, Request const& request, Link const& link, Leaf const& leaf) {
    auto const wanted = issuer_name(leaf);
    auto const found = std::string(crypto::common_name(link.value.issuer()).value_or("none"));
    auto const* other = other_intermediate(request, leaf);
    return judge.check(rules::leaf_issuer, found == wanted && !other, [&] {
        if (other)
            return Detail{
                "a chain through " + wanted,
                "one through " + std::string(*crypto::common_name(other->value.subject())),
                {other->source, offset_in(other->value.der(), other->value.subject()), "subject"}
            };
        return Detail{
            wanted, found, {link.source, offset_in(link.value.der(), link.value.issuer()), "issuer"}
        };
    });
}

void judge_binding(
    Judge& judge, AttestationReport const& report, Link const& link, Leaf const& leaf
) {
    judge.check(rules::leaf_tcb, report.reported_tcb.decode(leaf.product) == leaf.tcb, [&] {
        auto const& t = leaf.tcb;
        return Detail{
            fmt::format(
                "the leaf's: {}, {}, {}, {}, {}", t.fmc, t.boot_loader, t.tee, t.snp, t.microcode
            ),
            hex(report.reported_tcb.raw),
            {"report", 0x180, "REPORTED_TCB"}
        };
    });
    if (leaf.kind == KeyInfo::SigningKey::Vlek) {
        judge.not_applicable(rules::leaf_hwid, "a VLEK is of no chip");
        judge.check(rules::leaf_csp, !leaf.csp_id->empty(), [&] {
            return Detail{"a provider's name", "none", {link.source, {}, "CSP_ID"}};
        });
        return;
    }
    judge.not_applicable(rules::leaf_csp, "a VCEK is of no provider");
    base::View const chip{report.chip_id};
    if (base::all_zero(chip)) {
        judge.undecided(
            rules::leaf_hwid,
            {"a CHIP_ID",
             "zeros",
             {"report", 0x1a0, "CHIP_ID"},
             "The host masks it (SNP_CONFIG, MASK_CHIP_ID); turn the rule off if the chip need not "
             "be known."}
        );
        return;
    }
    bool const same = base::equal(leaf.hwid, chip.first(leaf.hwid.size())) &&
                      base::all_zero(chip.subspan(leaf.hwid.size()));
    judge.check(rules::leaf_hwid, same, [&] {
        return Detail{"the leaf's HWID " + hex(leaf.hwid), hex(chip), {"report", 0x1a0, "CHIP_ID"}};
    });
}

// R and S are little-endian; ECDSA counts them big-endian.
base::Bytes<48> big_endian(base::Bytes<72> const& number) {
    base::Bytes<48> out;
    std::ranges::reverse_copy(base::View{number}.first(48), out.begin());
    return out;
}

// Without a leaf: whether any key at all can have made it. R is the x coordinate of a point of the
// curve, which every other number is not.
void judge_signature_alone(Judge& judge, AttestationReport const& report) {
    auto const r = big_endian(report.signature.r);
    if (crypto::p384_coordinate(r) && !base::all_zero(report.signature.s)) return;
    judge.check(rules::signature, false, [] {
        return Detail{
            "R of a point of P-384, and S above 0",
            "numbers that no key signs with",
            {"report", 0x2a0, "SIGNATURE"}
        };
    });
}

void judge_signature(
    Judge& judge, base::View evidence, AttestationReport const& report, Link const& link
) {
    auto const r = big_endian(report.signature.r);
    auto const s = big_endian(report.signature.s);
    auto const key = crypto::PublicKey::parse(link.value.public_key_info());
    auto const content = evidence.first(offsetof(AttestationReport, signature));
    bool const good = key && key->kind() == crypto::KeyKind::P384 &&
                      key->verify(crypto::Hash::Sha384, content, {r, s});
    judge.check(rules::signature, good, [&] {
        return Detail{
            "a signature by the key of " + link.source,
            "one that does not verify",
            {"report", 0x2a0, "SIGNATURE"}
        };
    });
}

// Of a certificate without a report, by its issuer's name, which ends with that of the product.
// Where it names none, no root of any product is right for it, and any will say so.
Product named_product(crypto::Certificate const& certificate) {
    auto const issuer = crypto::common_name(certificate.issuer()).value_or("");
    for (auto const product : {Product::Milan, Product::Genoa, Product::Turin})
        if (issuer.ends_with(name_of(product))) return product;
    return Product::Turin;
}

} // namespace

std::optional<Claims> appraise(Judge& judge, Request const& request) {
    auto left = request.evidence;
    auto const report = base::take<AttestationReport>(left);
    bool const whole = judge.check(rules::size, report && left.empty(), [&] {
        return Detail{"1184 bytes", fmt::to_string(request.evidence.size()), {"report", 0, "size"}};
    });
    if (!whole || !judge_form(judge, *report)) return {};

    auto const* link = find_leaf(judge, request, *report);
    if (!link) {
        judge_signature_alone(judge, *report);
        // A leaf that was tampered with may be among what was given.
        appraise_leftovers(judge, request, {}, Revocable::AuthoritiesOnly);
        return {};
    }
    auto const leaf = judge_profile(judge, *link);
    if (!leaf || !judge_product(judge, *report, leaf->product)) return {};
    bool const right_issuer = judge_issuer(judge, request, *link, *leaf);
    auto const path =
        right_issuer ? appraise_chain(judge, chain_rules, purpose_of(leaf->product), request, *link)
                     : Path{};
    judge_binding(judge, *report, *link, *leaf);
    judge_signature(judge, request.evidence, *report, *link);
    if (path.empty()) return {};

    appraise_revocation(judge, revocation_rules, request, path, Revocable::AuthoritiesOnly);
    appraise_leftovers(judge, request, {&path, 1}, Revocable::AuthoritiesOnly);
    judge_reserved(judge, *report, leaf->product);
    judge_firmware(judge, *report, leaf->product);
    judge_policy(judge, *report);
    judge_platform(judge, *report);
    judge_identity(judge, *report, *leaf);
    return Claims{*report, leaf->product, leaf->product_name, leaf->csp_id.value_or("")};
}

void appraise_certificate(Judge& judge, Request const& request, Link const& certificate) {
    auto const purpose = purpose_of(named_product(certificate.value));
    auto const path = appraise_chain(judge, chain_rules, purpose, request, certificate);
    if (path.empty()) return;
    auto const revocable =
        leaf_kind(certificate.value) ? Revocable::AuthoritiesOnly : Revocable::All;
    appraise_revocation(judge, revocation_rules, request, path, revocable);
    appraise_leftovers(judge, request, {&path, 1}, revocable);
}

} // namespace attest::snp
