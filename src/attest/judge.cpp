#include "attest/judge.hpp"

#include "attest/common_rules.hpp"

#include <algorithm>

namespace attest {

namespace {

constexpr std::string_view not_reached = "not reached: an earlier rule did not pass";

} // namespace

void Judge::add(Rule const& rule, Outcome outcome, Detail detail) {
    if (outcome == Outcome::Failed) failed_ = true;
    findings_.push_back({&rule, outcome, std::move(detail)});
}

void Judge::undecided(Rule const& rule, Detail detail) {
    add(rule, policy_->on(rule) ? Outcome::Undecided : Outcome::Off, std::move(detail));
}

void Judge::not_applicable(Rule const& rule, std::string why) {
    add(rule, Outcome::NotApplicable, {.expected = {}, .found = std::move(why)});
}

void Judge::not_asked(Rule const& rule) {
    undecided(
        rule,
        {.expected = "a value to compare with",
         .found = "none",
         .hint = "Name it in the policy file."}
    );
}

bool Judge::answered(Rule const* rule) const {
    return rule && std::ranges::any_of(findings_, [&](auto const& finding) {
               return finding.rule == rule &&
                      (finding.outcome == Outcome::Passed || finding.outcome == Outcome::Failed);
           });
}

// Nothing that was given counts as met because nobody looked.
void Judge::judge_expectations() {
    bool const data = report_data_.given() && !answered(report_data_.taken_by());
    bool const measurements = measurements_.given() && !answered(measurements_.taken_by());
    auto const of_expectations = [](auto const& finding) {
        return finding.rule == &rules::expectations_compared;
    };
    bool const said = std::ranges::any_of(findings_, of_expectations);
    bool const stopped = std::ranges::any_of(findings_, [&](auto const& finding) {
        return !of_expectations(finding) &&
               (finding.outcome == Outcome::Failed || finding.outcome == Outcome::Undecided);
    });
    if (!data && !measurements && !said)
        return add(rules::expectations_compared, Outcome::Passed, {});
    for (auto const& [left, what] :
         {std::pair{data, "the report data"}, std::pair{measurements, "the measurements"}})
        if (left)
            add(rules::expectations_compared,
                Outcome::Undecided,
                {.expected = std::string{what} + " that were given, compared with the evidence",
                 .found = stopped ? std::string{not_reached} : "no rule that did so"});
}

std::vector<Finding> Judge::finish() && {
    judge_expectations();
    for (auto const* rule : rules_) {
        bool const found = std::ranges::any_of(findings_, [&](auto const& finding) {
            return finding.rule == rule;
        });
        if (!found)
            add(*rule, Outcome::Undecided, {.expected = {}, .found = std::string{not_reached}});
    }
    return std::move(findings_);
}

} // namespace attest
