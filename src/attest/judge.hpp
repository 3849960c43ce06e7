#pragma once

// Collects one finding or more for each rule. A rule that nobody asked about ends up undecided,
// never passed; so does an expectation that no rule compared.

#include "attest/expected.hpp"
#include "attest/finding.hpp"
#include "attest/policy.hpp"

#include <utility>
#include <vector>

namespace attest {

class Judge {
public:
    // `rules`: all that apply to this kind of evidence.
    Judge(Policy const& policy, Rules rules, Expected const& expected)
        : policy_{&policy},
          rules_{rules.begin(), rules.end()},
          report_data_{expected.report_data},
          measurements_{expected.measurements} {
        findings_.reserve(rules.size() + 1);
    }
    // Evidence inside this evidence has rules of its own.
    void also(Rules rules) { rules_.insert(rules_.end(), rules.begin(), rules.end()); }

    Policy const& policy() const { return *policy_; }

    // What the relying party expects, once: for the rule that compares it. One that nobody took, or
    // that its rule neither passed nor failed by, leaves the appraisal undecided.
    std::optional<std::vector<std::byte>> take_report_data(Rule const& by) {
        return report_data_.take(by);
    }
    std::optional<std::vector<std::vector<std::byte>>> take_measurements(Rule const& by) {
        return measurements_.take(by);
    }
    // What evidence binds by its own form, where the relying party named nothing else.
    void expect_by_default(ReportData const& data) {
        if (!report_data_.given()) report_data_ = Once{data};
    }

    // Passed, or failed with the Detail that `detail()` makes; where the policy turned the rule
    // off, off either way. Answers whether to go on: false only for a failure.
    template <class MakeDetail> bool check(Rule const& rule, bool holds, MakeDetail&& detail) {
        return record(rule, policy_->on(rule), holds, std::forward<MakeDetail>(detail));
    }
    // The same for a value that the user gave to compare with: no policy turns that off.
    template <class MakeDetail> bool demand(Rule const& rule, bool holds, MakeDetail&& detail) {
        return record(rule, true, holds, std::forward<MakeDetail>(detail));
    }
    // It cannot be told, for want of something; off where the policy turned the rule off.
    void undecided(Rule const& rule, Detail detail);
    // There is nothing of which the rule speaks.
    void not_applicable(Rule const& rule, std::string why);
    // The policy names no value to compare with. A rule that a policy turned on all the same is
    // undecided.
    void not_asked(Rule const& rule);

    bool failed() const { return failed_; }
    // All findings, with one for each rule.
    std::vector<Finding> finish() &&;

private:
    template <class MakeDetail>
    bool record(Rule const& rule, bool on, bool holds, MakeDetail&& detail) {
        if (holds) {
            add(rule, on ? Outcome::Passed : Outcome::Off, {});
            return true;
        }
        add(rule, on ? Outcome::Failed : Outcome::Off, std::forward<MakeDetail>(detail)());
        return !on;
    }
    void add(Rule const& rule, Outcome outcome, Detail detail);
    bool answered(Rule const* rule) const;
    void judge_expectations();

    Policy const* policy_;
    std::vector<Rule const*> rules_;
    std::vector<Finding> findings_;
    Once<std::vector<std::byte>> report_data_;
    Once<std::vector<std::vector<std::byte>>> measurements_;
    bool failed_ = false;
};

} // namespace attest
