#include "attest/appraisal.hpp"

#include "attest/cca/rules.hpp"
#include "attest/csr/appraise.hpp"
#include "attest/csr/rules.hpp"
#include "attest/dcap/appraise.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/form.hpp"
#include "attest/nitro/rules.hpp"
#include "attest/none/examine.hpp"
#include "attest/none/rules.hpp"
#include "attest/snp/appraise.hpp"
#include "attest/snp/rules.hpp"
#include "crypto/name.hpp"

#include <algorithm>

namespace attest {

namespace {

constexpr std::array kinds{
    Kind::SnpReport,
    Kind::SgxQuote,
    Kind::TdxQuote,
    Kind::NitroDocument,
    Kind::CcaToken,
    Kind::EnarxRequest,
    Kind::AmdCertificate,
    Kind::NoHardware,
};

bool any(std::vector<Finding> const& findings, Outcome outcome) {
    return std::ranges::any_of(findings, [&](auto const& finding) {
        return finding.outcome == outcome;
    });
}

std::optional<Claims::Value> appraise_amd_certificate(Judge& judge, Request const& request) {
    auto parsed = crypto::Certificate::parse(request.evidence);
    bool const ok = judge.check(snp::rules::certificate_form, parsed.has_value(), [&] {
        return malformed(parsed.error(), request.evidence, "certificate");
    });
    if (!ok) return {};
    Sourced<crypto::Certificate> const certificate{std::move(*parsed), "certificate"};
    snp::appraise_certificate(judge, request, certificate);
    return EndorsementClaims{
        std::string(crypto::common_name(certificate.value.subject()).value_or(""))
    };
}

// One line for each technology.
std::optional<Claims::Value> run(Kind kind, Judge& judge, Request const& request) {
    switch (kind) {
    case Kind::SnpReport:
        return snp::appraise(judge, request);
    case Kind::NitroDocument:
        return nitro::appraise(judge, request);
    case Kind::CcaToken:
        return cca::appraise(judge, request);
    case Kind::SgxQuote:
    case Kind::TdxQuote:
        return dcap::appraise(judge, request);
    case Kind::EnarxRequest:
        return csr::appraise(judge, request);
    case Kind::AmdCertificate:
        return appraise_amd_certificate(judge, request);
    case Kind::NoHardware:
        none::appraise(judge, request);
        return {};
    default:
        return {};
    }
}

} // namespace

Verdict verdict_of(std::vector<Finding> const& findings) {
    if (any(findings, Outcome::Failed)) return Verdict::Refused;
    if (findings.empty() || any(findings, Outcome::Undecided)) return Verdict::Undecided;
    return Verdict::Accepted;
}

Appraisal::Appraisal(Kind kind, std::vector<Finding> findings)
    : kind_{kind}, findings_{std::move(findings)}, verdict_{verdict_of(findings_)} {}

Appraisal appraise(Kind kind, Request const& request) {
    Judge judge{request.policy, rules_for(kind)};
    auto claims = run(kind, judge, request);
    Appraisal out{kind, std::move(judge).finish()};
    if (out.verdict_ == Verdict::Accepted && !claims) out.verdict_ = Verdict::Undecided;
    if (out.verdict_ == Verdict::Accepted)
        out.claims_ = std::shared_ptr<Claims const>(new Claims{std::move(*claims)});
    return out;
}

std::span<Kind const> all_kinds() { return kinds; }

Rules rules_for(Kind kind) {
    switch (kind) {
    case Kind::SnpReport:
        return snp::rules::all;
    case Kind::NitroDocument:
        return nitro::rules::all;
    case Kind::CcaToken:
        return cca::rules::all;
    case Kind::SgxQuote:
        return dcap::rules::all_sgx;
    case Kind::TdxQuote:
        return dcap::rules::all_tdx;
    case Kind::EnarxRequest:
        return csr::rules::all;
    case Kind::AmdCertificate:
        return snp::rules::certificate;
    case Kind::NoHardware:
        return none::rules::all;
    default:
        return {};
    }
}

Rule const* find_rule(std::string_view id) {
    for (auto const kind : kinds)
        for (auto const* rule : rules_for(kind))
            if (rule->id == id) return rule;
    return nullptr;
}

} // namespace attest
