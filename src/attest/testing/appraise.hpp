#pragma once

// For tests: appraisals with little to write, and questions about their findings.

#include "attest/appraisal.hpp"
#include "attest/testing/record.hpp"

#include <string>

namespace attest::testing {

inline Expected unbound() { return {ReportData::unbound(), Measurements::unbound()}; }

inline Roots const& vendor_roots() {
    static Roots const roots = Roots::builtin();
    return roots;
}

struct Trial {
    std::vector<std::byte> evidence;
    Endorsements endorsements;
    Roots roots = vendor_roots();
    Policy policy = Policy::authentic();
    Expected expected = unbound();
    std::chrono::sys_seconds at{};

    // A file that goes with the evidence; whether it is of use at all.
    bool add(base::View bytes, std::string const& source) {
        if (!looks_like_trust_keys(bytes)) return endorsements.add(bytes, source).has_value();
        auto keys = parse_trust_keys(bytes, source);
        if (!keys) return false;
        for (auto& key : *keys) roots.trust(std::move(key));
        return true;
    }

    Request request(SignatureMemo* memo = nullptr) const {
        return {evidence, endorsements, roots, policy, expected, at, memo};
    }
    Appraisal run(Kind kind, SignatureMemo* memo = nullptr) const {
        auto out = appraise(kind, request(memo));
        record(out.findings());
        return out;
    }
};

// Of several findings for one rule, what counts: failed, then undecided, then the last one.
inline std::optional<Outcome>
outcome_of(std::vector<Finding> const& findings, std::string_view rule) {
    std::optional<Outcome> out;
    for (auto const& finding : findings) {
        if (finding.rule->id != rule || out == Outcome::Failed) continue;
        if (out != Outcome::Undecided || finding.outcome == Outcome::Failed) out = finding.outcome;
    }
    return out;
}

inline std::optional<Outcome> outcome_of(Appraisal const& appraisal, std::string_view rule) {
    return outcome_of(appraisal.findings(), rule);
}

inline bool failed(Appraisal const& appraisal, std::string_view rule) {
    return outcome_of(appraisal, rule) == Outcome::Failed;
}

// All that did not pass, for the message of a failed test.
inline std::string explain(std::vector<Finding> const& findings) {
    std::string out;
    for (auto const& [rule, outcome, detail] : findings)
        if (outcome != Outcome::Passed && outcome != Outcome::Off &&
            outcome != Outcome::NotApplicable)
            out += std::string(rule->id) + " " + std::string(name_of(outcome)) + ": expected " +
                   detail.expected + ", found " + detail.found + " (" + detail.place.part + " " +
                   detail.place.field + ")\n";
    return out;
}

inline std::string explain(Appraisal const& appraisal) { return explain(appraisal.findings()); }

} // namespace attest::testing
