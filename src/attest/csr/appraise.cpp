#include "attest/csr/appraise.hpp"

#include "attest/csr/evidence.hpp"
#include "attest/csr/rules.hpp"
#include "attest/dcap/appraise.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/form.hpp"
#include "attest/snp/appraise.hpp"
#include "attest/snp/rules.hpp"
#include "attest/text.hpp"
#include "crypto/certification_request.hpp"

namespace attest::csr {

namespace {

using crypto::CertificationRequest;

Place place(std::string_view field) { return {.part = "request", .field = std::string(field)}; }

std::optional<CertificationRequest> judge_form(Judge& judge, base::View evidence) {
    auto parsed = CertificationRequest::parse(evidence);
    bool const ok = judge.check(rules::form, parsed.has_value(), [&] {
        return malformed(parsed.error(), evidence, "request");
    });
    if (!ok) return {};
    return std::move(*parsed);
}

bool judge_signature(Judge& judge, CertificationRequest const& request) {
    auto const key = crypto::PublicKey::parse(request.public_key_info());
    return judge.check(rules::signature, key && request.signed_part().verified_by(*key), [&] {
        return Detail{
            .expected = "a signature by the request's own key",
            .found = key ? "one that does not verify" : "no usable key",
            .place = place("signature"),
        };
    });
}

// The one extension, if it is of hardware.
std::optional<Technology> judge_technology(Judge& judge, CertificationRequest const& request) {
    auto const& extensions = request.extensions();
    auto const technology =
        extensions.size() == 1 ? technology_of(extensions[0].oid) : std::nullopt;
    bool const ok = judge.check(rules::evidence, technology.has_value(), [&] {
        return Detail{
            .expected = "one extension, 1.3.6.1.4.1.58270.1.1, .2 or .3",
            .found = extensions.empty()       ? "none"
                     : extensions.size() == 1 ? "another one"
                                              : "several",
            .place = place("extensionRequest"),
        };
    });
    if (!ok || !technology) return {};
    bool const hardware = judge.check(rules::hardware, *technology != Technology::Kvm, [] {
        return Detail{
            .expected = "evidence of SGX or SEV-SNP",
            .found = "the mark of a Keep without protection (KVM)",
            .place = place("1.3.6.1.4.1.58270.1.1"),
        };
    });
    if (!hardware) return {};
    return technology;
}

void judge_key(Judge& judge, CertificationRequest const& request, Technology technology) {
    auto const key = crypto::PublicKey::parse(request.public_key_info());
    auto const wanted =
        technology == Technology::Sgx ? crypto::KeyKind::P256 : crypto::KeyKind::P384;
    judge.check(rules::key, key && key->kind() == wanted, [&] {
        return Detail{
            .expected = technology == Technology::Sgx ? "a P-256 key" : "a P-384 key",
            .found = "another key",
            .place = place("subjectPublicKeyInfo"),
        };
    });
}

std::vector<std::byte> digest_of(base::View public_key_info, Technology technology) {
    auto const copy = [](auto const& digest) {
        return std::vector<std::byte>(digest.begin(), digest.end());
    };
    return technology == Technology::Sgx ? copy(crypto::sha256(public_key_info))
                                         : copy(crypto::sha384(public_key_info));
}

void judge_binding(Judge& judge, base::View report_data, base::View digest) {
    bool const bound = report_data.size() >= digest.size() &&
                       base::equal(report_data.first(digest.size()), digest) &&
                       base::all_zero(report_data.subspan(digest.size()));
    judge.check(rules::binding, bound, [&] {
        return Detail{
            .expected = hex(digest) + " and zeros",
            .found = hex(report_data),
            .place = place("report data of the evidence"),
        };
    });
}

std::optional<Claims>
appraise_sgx(Judge& judge, Request const& inner, base::View digest, base::View key) {
    judge.also(dcap::rules::all_sgx);
    auto claims = dcap::appraise(judge, inner);
    if (!claims) return {};
    auto const* report = std::get_if<hw::sgx::ReportBody>(&claims->body);
    // A trust domain has no place in this extension.
    judge_binding(judge, report ? base::View{report->report_data} : base::View{}, digest);
    return Claims{.public_key_info = {key.begin(), key.end()}, .evidence = std::move(*claims)};
}

std::optional<Claims>
appraise_snp(Judge& judge, Request const& inner, base::View digest, base::View key) {
    judge.also(snp::rules::all);
    auto claims = snp::appraise(judge, inner);
    if (!claims) return {};
    judge_binding(judge, claims->report.report_data, digest);
    return Claims{.public_key_info = {key.begin(), key.end()}, .evidence = std::move(*claims)};
}

} // namespace

std::optional<Claims> appraise(Judge& judge, Request const& request) {
    auto const parsed = judge_form(judge, request.evidence);
    if (!parsed || !judge_signature(judge, *parsed)) return {};
    auto const technology = judge_technology(judge, *parsed);
    if (!technology) return {};
    judge_key(judge, *parsed, *technology);
    auto const evidence = read_evidence(
        *technology, parsed->extensions()[0].value, request.endorsements, request.roots
    );
    bool const whole = judge.check(rules::evidence_form, evidence.has_value(), [&] {
        return Detail{
            .expected = evidence.error().expected,
            .found = evidence.error().found,
            .place = {.part = evidence.error().source, .offset = evidence.error().offset},
        };
    });
    if (!whole) return {};
    auto const key = parsed->public_key_info();
    auto const digest = digest_of(key, *technology);
    // The key is what the evidence has to be bound to, unless the asker names something else.
    judge.expect_by_default(ReportData::exactly(digest));
    Request const inner{
        .evidence = evidence->report,
        .endorsements = evidence->endorsements,
        .roots = request.roots,
        .policy = request.policy,
        .expected = request.expected,
        .at = request.at,
        .memo = request.memo,
    };
    return *technology == Technology::Sgx ? appraise_sgx(judge, inner, digest, key)
                                          : appraise_snp(judge, inner, digest, key);
}

} // namespace attest::csr
