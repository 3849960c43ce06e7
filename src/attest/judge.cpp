#include "attest/judge.hpp"

#include <algorithm>

namespace attest {

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

std::vector<Finding> Judge::finish() && {
    for (auto const* rule : rules_) {
        bool const found = std::ranges::any_of(findings_, [&](auto const& finding) {
            return finding.rule == rule;
        });
        if (!found)
            add(*rule,
                Outcome::Undecided,
                {.expected = {}, .found = "not reached: an earlier rule did not pass"});
    }
    return std::move(findings_);
}

} // namespace attest
