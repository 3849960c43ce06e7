#include "attest/appraisal.hpp"

#include "attest/cca/rules.hpp"
#include "attest/certificate/check.hpp"
#include "attest/common_rules.hpp"
#include "attest/csr/appraise.hpp"
#include "attest/csr/rules.hpp"
#include "attest/dcap/appraise.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/nitro/rules.hpp"
#include "attest/none/examine.hpp"
#include "attest/none/rules.hpp"
#include "attest/policy_scope.hpp"
#include "attest/snp/appraise.hpp"
#include "attest/snp/rules.hpp"

#include <algorithm>

namespace attest {

namespace {

bool any(std::vector<Finding> const& findings, Outcome outcome) {
    return std::ranges::any_of(findings, [&](auto const& finding) {
        return finding.outcome == outcome;
    });
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
    Judge judge{request.policy, rules_for(kind), request.expected};
    bool const wanted = judge.check(rules::kind_accepted, request.kinds.contains(kind), [&] {
        return Detail{
            "a kind of evidence that the relying party accepts",
            std::string{name_of(kind)},
            {"evidence", 0, "kind"}
        };
    });
    // Who accepts a request of Enarx has not said of which hardware.
    bool const named =
        request.kinds.named() && request.kinds.contains(kind_inside(kind, request.evidence));
    if (!named)
        if (auto why = values_of_others(request.policy, kind, request.evidence))
            judge.undecided(rules::expectations_compared, std::move(*why));
    auto claims = wanted ? run(kind, judge, request) : std::nullopt;
    Appraisal out{kind, std::move(judge).finish()};
    if (out.verdict_ == Verdict::Accepted && !claims) out.verdict_ = Verdict::Undecided;
    if (out.verdict_ == Verdict::Accepted)
        out.claims_ = std::shared_ptr<Claims const>(new Claims{std::move(*claims)});
    return out;
}

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
    case Kind::NoHardware:
        return none::rules::all;
    default:
        return {};
    }
}

Rule const* find_rule(std::string_view id) {
    auto const of = [&](Rules rules) {
        auto const found = std::ranges::find(rules, id, &Rule::id);
        return found == rules.end() ? nullptr : *found;
    };
    for (auto const kind : all_kinds())
        if (auto const* rule = of(rules_for(kind))) return rule;
    return of(certificate::rules());
}

} // namespace attest
