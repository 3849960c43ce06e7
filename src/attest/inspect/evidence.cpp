// Reports, quotes, tokens and requests: the verifier's own rules, but for those that need a time, a
// policy, or something to compare with.

#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/said.hpp"
#include "attest/none/examine.hpp"

#include <algorithm>

namespace attest::inspect {

namespace {

bool any_failed(std::vector<Finding> const& findings) {
    return std::ranges::any_of(findings, [](Finding const& finding) {
        return finding.outcome == Outcome::Failed;
    });
}

// What the judge says of rules that it did not come to.
constexpr std::string_view not_reached = "not reached";

// That what was given along is in order is no news; and after a failure, nor is what could not be
// judged for it.
bool of_interest(Finding const& finding, bool failed) {
    switch (finding.outcome) {
    case Outcome::Failed:
        return true;
    case Outcome::Passed:
        return finding.rule->id != "endorsements.verified";
    case Outcome::Undecided:
        return !failed && !finding.detail.found.starts_with(not_reached);
    default:
        return false;
    }
}

void add_findings(Description& out, std::vector<Finding> const& findings) {
    bool const failed = any_failed(findings);
    for (auto const& [rule, outcome, detail] : findings) {
        if (!of_interest({.rule = rule, .outcome = outcome, .detail = detail}, failed)) continue;
        Check check{.name = std::string{rule->id}, .outcome = outcome, .detail = detail};
        if (outcome == Outcome::Undecided && !detail.hint.empty())
            check.detail.found += (detail.found.empty() ? "" : "; ") + detail.hint;
        // A rule that holds of each certificate holds once.
        bool const again =
            outcome == Outcome::Passed &&
            std::ranges::find(out.checks, check.name, &Check::name) != out.checks.end();
        if (!again) out.checks.push_back(std::move(check));
    }
}

std::vector<Finding> findings_of(attest::Kind kind, Request const& request) {
    if (kind != attest::Kind::NoHardware) return appraise(kind, request).findings();
    // Its one failure would be that it is what it is.
    return none::examine(request.evidence, request.policy, {}).findings();
}

} // namespace

Description describe_evidence(Artefact const& artefact, Artefacts beside) {
    auto const kind = *attest::recognise(artefact.bytes);
    Inquiry const inquiry{beside};
    auto const request = inquiry.request(artefact.bytes);
    Description out{.kind = std::string{name_of(kind)}};
    if (kind == attest::Kind::NoHardware) out.fields["warning"] = none::warning;
    out.fields.update(fields_said(kind, request));
    add_findings(out, findings_of(kind, request));
    return out;
}

} // namespace attest::inspect
