#include "attest/none/examine.hpp"

#include "attest/application.hpp"
#include "attest/compare.hpp"
#include "attest/none/rules.hpp"
#include "attest/text.hpp"
#include "base/printable.hpp"

#include <string>

namespace attest::none {

namespace {

using protocol::evidence::NoHardware;

constexpr std::string_view artefact = "evidence";

Detail no_hardware() {
    return {
        "a signature of hardware",
        "none: anybody can write such evidence",
        {std::string{artefact}, 0},
        "To look at it for development only, give --allow-no-hardware."
    };
}

Place at(std::string_view field) { return {std::string{artefact}, {}, std::string{field}}; }

// A part of the report data, by its name in the evidence and on the command line.
struct Part {
    Rule const& rule;
    std::string_view field;
    std::string_view option;
};

// Compared where a value was given.
void compare(Judge& judge, Part const& part, std::optional<base::View> wanted, base::View found) {
    if (!wanted) {
        judge.undecided(
            part.rule,
            {"a value to compare with",
             "none was given",
             at(part.field),
             "Give it with " + std::string{part.option} + '.'}
        );
        return;
    }
    judge.demand(part.rule, base::equal(*wanted, found), [&] {
        return Detail{hex(*wanted), hex(found), at(part.field)};
    });
}

template <class T> std::optional<base::View> view_of(std::optional<T> const& value) {
    if (!value) return {};
    return base::View{*value};
}

std::optional<base::View> view_of(std::optional<protocol::evidence::UserData> const& value) {
    if (!value) return {};
    return value->view();
}

void compare_application(Judge& judge, Wanted const& wanted, NoHardware const& claims) {
    auto const& application = claims.application;
    compare(
        judge,
        {rules::workload, "workload", "--workload HEX"},
        view_of(wanted.workload),
        application.workload
    );
    compare(
        judge,
        {rules::configuration, "configuration", "--configuration HEX"},
        view_of(wanted.configuration),
        application.configuration
    );
    compare(
        judge,
        {rules::user_data, "user_data", "--user-data HEX or @FILE"},
        view_of(wanted.user_data),
        application.user_data.view()
    );
}

// Where all that the report data are made of was given, the report data were.
ReportData expected_report_data(Wanted const& wanted) {
    if (!wanted.workload || !wanted.configuration || !wanted.user_data) return wanted.report_data;
    return wanted.report_data.or_else(
        ReportData::exactly(report_data_of(
            {.workload = *wanted.workload,
             .configuration = *wanted.configuration,
             .user_data = *wanted.user_data}
        ))
    );
}

void compare_measurement(
    Judge& judge, std::optional<protocol::evidence::Measurement> const& found
) {
    if (found) {
        attest::compare_measurement(judge, rules::measurement, {*found, at("measurement")});
    } else if (!judge.take_measurements(rules::measurement)) {
        judge.not_applicable(rules::measurement, "nobody measured this Keep at its start");
    } else {
        judge.demand(rules::measurement, false, [] {
            return Detail{
                "one of the measurements given",
                "none: nobody measured this Keep at its start",
                at("measurement")
            };
        });
    }
}

// What the Keep says of itself, while it is provisioned: there is no application yet, or it is in
// the binding, which whoever asked for it reads (attest/provision).
void judge_bound(
    Judge& judge, protocol::evidence::NoHardwareBound const& claims, Wanted const& wanted
) {
    judge.check(rules::form, true, [] { return Detail{}; });
    std::string input{claims.purpose};
    input += base::text_of(claims.binding);
    auto const bound = crypto::sha512(base::view_of(input));
    judge.check(rules::binding, bound == claims.report_data, [&] {
        return Detail{hex(bound), hex(claims.report_data), at("report_data")};
    });
    compare_report_data(judge, rules::report_data, {claims.report_data, at("report_data")});
    compare_measurement(judge, claims.measurement);
    auto const not_there = [&](Rule const& rule, bool asked) {
        if (!asked) return judge.not_applicable(rule, "the Keep speaks for itself here");
        judge.demand(rule, false, [&] {
            return Detail{
                "evidence of an application",
                "evidence of the Keep for itself: " + base::printable(claims.purpose),
                at("purpose")
            };
        });
    };
    not_there(rules::workload, wanted.workload.has_value());
    not_there(rules::configuration, wanted.configuration.has_value());
    not_there(rules::user_data, wanted.user_data.has_value());
}

// All rules but none.hardware.
std::optional<NoHardware> judge_claims(Judge& judge, base::View evidence, Wanted const& wanted) {
    if (auto const bound = protocol::evidence::decode_bound(evidence)) {
        judge_bound(judge, *bound, wanted);
        return {};
    }
    auto const claims = protocol::evidence::decode(evidence);
    bool const formed = judge.check(rules::form, claims.has_value(), [&] {
        return Detail{
            std::string{claims.error().expected},
            "something else",
            {std::string{artefact}, claims.error().offset}
        };
    });
    if (!formed) return {};
    auto const bound = report_data_of(claims->application);
    judge.check(rules::binding, bound == claims->report_data, [&] {
        return Detail{hex(bound), hex(claims->report_data), at("report_data")};
    });
    compare_report_data(judge, rules::report_data, {claims->report_data, at("report_data")});
    compare_measurement(judge, claims->measurement);
    compare_application(judge, wanted, *claims);
    return *claims;
}

} // namespace

void appraise(Judge& judge, Request const& request) {
    judge.check(rules::hardware, false, no_hardware);
    judge_claims(judge, request.evidence, {});
}

Examination::Examination(std::vector<Finding> findings)
    : findings_{std::move(findings)}, verdict_{verdict_of(findings_)} {}

Examination examine(base::View evidence, Policy const& policy, Wanted const& wanted) {
    auto const all = Rules{rules::all};
    // Without the kind, which the caller names by calling this, and none.hardware: the first two.
    Judge judge{
        policy,
        all.subspan(2),
        {.report_data = expected_report_data(wanted), .measurements = wanted.measurements}
    };
    auto const claims = judge_claims(judge, evidence, wanted);
    auto findings = std::move(judge).finish();
    findings.insert(findings.begin(), {&rules::hardware, Outcome::Off, no_hardware()});
    Examination out{std::move(findings)};
    if (out.verdict_ == Verdict::Accepted && claims) out.statement_ = Statement{*claims};
    return out;
}

} // namespace attest::none
