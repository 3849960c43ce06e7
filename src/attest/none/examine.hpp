#pragma once

// Evidence of a Keep without hardware: what it says, and whether that is what was expected.
//
// It has a class of its own. appraise() refuses it under every policy, and no Claims can be made of
// it: those are of hardware. Who wants to see it all the same, to develop or to demonstrate, calls
// examine() and gets a Statement, which no function that asks for Claims takes.

#include "attest/appraisal.hpp"
#include "protocol/evidence/evidence.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace attest::none {

// To be shown with every answer of examine(), before anything else.
inline constexpr std::string_view warning =
    "NO HARDWARE VOUCHES FOR THIS EVIDENCE. ANYBODY CAN WRITE IT, THE HOST'S ADMINISTRATOR FIRST. "
    "IT PROVES NOTHING.";

// What the relying party compares with; what is empty is not compared.
struct Wanted {
    std::optional<protocol::evidence::Digest> workload = {};
    std::optional<protocol::evidence::Digest> configuration = {};
    std::optional<protocol::evidence::UserData> user_data = {};
    ReportData report_data = ReportData::unbound();
    Measurements measurements = Measurements::unbound();
};

class Examination;
Examination examine(base::View evidence, Policy const& policy, Wanted const& wanted);

// What the Keep says, unproven. Only examine() makes one, where no rule failed and none was left
// undecided.
class Statement {
public:
    protocol::evidence::NoHardware const& value() const { return value_; }

private:
    explicit Statement(protocol::evidence::NoHardware const& value) : value_{value} {}
    friend Examination examine(base::View, Policy const&, Wanted const&);

    protocol::evidence::NoHardware value_;
};

class Examination {
public:
    // As if hardware had signed it; none.hardware is among the findings, as off.
    Verdict verdict() const { return verdict_; }
    std::vector<Finding> const& findings() const { return findings_; }
    // Empty unless the verdict is Accepted.
    std::optional<Statement> const& statement() const { return statement_; }

private:
    explicit Examination(std::vector<Finding> findings);
    friend Examination examine(base::View, Policy const&, Wanted const&);

    std::vector<Finding> findings_;
    Verdict verdict_;
    std::optional<Statement> statement_;
};

// What appraise() does with this kind: it refuses it. The other rules are judged, too.
void appraise(Judge& judge, Request const& request);

} // namespace attest::none
