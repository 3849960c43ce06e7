#include "host/cli/verify/answer.hpp"

#include "attest/text.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <utility>

namespace host::cli {

namespace {

using attest::Finding;
using attest::Outcome;
using attest::Verdict;

std::string place_text(attest::Place const& place) {
    std::string out = place.part;
    if (!place.field.empty()) out += (out.empty() ? "" : ", ") + place.field;
    if (place.offset) out += (out.empty() ? "byte " : ", byte ") + std::to_string(*place.offset);
    return out;
}

std::string finding_text(Finding const& finding) {
    auto const& detail = finding.detail;
    std::string out = "  " + std::string{attest::name_of(finding.outcome)} + "  " +
                      std::string{finding.rule->id} + ": " + std::string{finding.rule->text} + '\n';
    if (!detail.expected.empty()) out += "      expected: " + detail.expected + '\n';
    if (!detail.found.empty()) out += "      found:    " + base::printable(detail.found) + '\n';
    if (auto const place = place_text(detail.place); !place.empty())
        out += "      where:    " + place + '\n';
    if (!detail.hint.empty()) out += "      hint:     " + detail.hint + '\n';
    return out;
}

std::string all_of(Answer const& answer, Outcome outcome) {
    std::string out;
    std::size_t behind = 0;
    for (auto const& finding : answer.findings) {
        if (finding.outcome != outcome) continue;
        if (finding.detail.found.starts_with("not reached:"))
            ++behind;
        else
            out += finding_text(finding);
    }
    // All rules that come behind one that nobody could judge would hide that one.
    if (behind > 0)
        out += "  undecided  " + std::to_string(behind) +
               " further rules: not reached, as one before them did not pass (--json has them)\n";
    return out;
}

// Rules that are off, by name: what this answer does not say.
std::string not_checked(Answer const& answer) {
    std::string out;
    for (auto const& finding : answer.findings)
        if (finding.outcome == Outcome::Off && finding.rule->level != attest::Level::Asked)
            out += "  " + std::string{finding.rule->id} + ": " + std::string{finding.rule->text} +
                   '\n';
    return out.empty() ? out : "Not checked:\n" + out;
}

std::string claims_text(std::string_view title, AnswerJson const& claims) {
    std::string out;
    for (auto const& [name, value] : claims.items())
        out += "  " + name + ": " +
               (value.is_string() ? base::printable(value.get<std::string>()) : value.dump()) +
               '\n';
    return out.empty() ? out : std::string{title} + ":\n" + out;
}

std::string root_text(RootUse const& root) {
    if (root.key)
        return "  key     " + root.source + ", trusted for " + attest::text_of(root.purposes) +
               '\n';
    return "  root    " + root.source + ", trusted for " + attest::text_of(root.purposes) +
           (root.said ? "" : ", which is what this evidence is of") +
           ", in the place of the built-in ones\n";
}

AnswerJson roots_json(std::vector<RootUse> const& roots) {
    AnswerJson out = AnswerJson::array();
    for (auto const& root : roots) {
        AnswerJson purposes = AnswerJson::array();
        for (auto const purpose : attest::all_purposes)
            if (root.purposes.contains(purpose)) purposes.push_back(attest::name_of(purpose));
        out.push_back(
            {{"source", root.source}, {"for", std::move(purposes)}, {"for_was_given", root.said}}
        );
    }
    return out;
}

AnswerJson finding_json(Finding const& finding) {
    AnswerJson out{
        {"rule", finding.rule->id},
        {"outcome", attest::name_of(finding.outcome)},
        {"text", finding.rule->text},
        {"source", finding.rule->source},
    };
    auto const& detail = finding.detail;
    if (!detail.expected.empty()) out["expected"] = detail.expected;
    if (!detail.found.empty()) out["found"] = detail.found;
    if (!detail.place.part.empty()) out["part"] = detail.place.part;
    if (!detail.place.field.empty()) out["field"] = detail.place.field;
    if (detail.place.offset) out["offset"] = *detail.place.offset;
    if (!detail.hint.empty()) out["hint"] = detail.hint;
    return out;
}

} // namespace

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
    case Verdict::Accepted:
        return "accepted";
    case Verdict::Refused:
        return "refused";
    case Verdict::Undecided:
        break;
    }
    return "undecided";
}

Answer answer_of(std::string path, attest::Appraisal const& appraisal) {
    return {
        .path = std::move(path),
        .kind = attest::name_of(appraisal.kind()),
        .verdict = appraisal.verdict(),
        .verdict_name = verdict_name(appraisal.verdict()),
        .findings = appraisal.findings(),
        .claims = attest::result::claims_json(appraisal),
    };
}

Answer answer_of(std::string path, attest::none::Examination const& examination) {
    auto const& statement = examination.statement();
    return {
        .path = std::move(path),
        .kind = attest::name_of(attest::Kind::NoHardware),
        .verdict = examination.verdict(),
        .verdict_name = verdict_name(examination.verdict()),
        .findings = examination.findings(),
        .statement = statement ? statement_json(statement->value()) : AnswerJson(nullptr),
        .warning = attest::none::warning,
    };
}

Answer answer_of(std::string path, attest::certificate::Check const& check) {
    auto const verdict = check.verdict();
    return {
        .path = std::move(path),
        .kind = "certificate, an endorsement",
        .verdict = verdict,
        .verdict_name = verdict == Verdict::Accepted  ? "a good chain"
                        : verdict == Verdict::Refused ? "no good chain"
                                                      : "undecided",
        .findings = check.findings(),
        .warning = attest::certificate::warning,
    };
}

AnswerJson application_json(protocol::evidence::Application const& application) {
    return {
        {"workload", attest::hex(application.workload)},
        {"configuration", attest::hex(application.configuration)},
        {"user_data", attest::hex(application.user_data.view())},
    };
}

AnswerJson statement_json(protocol::evidence::NoHardware const& statement) {
    auto out = application_json(statement.application);
    out["measurement"] = nullptr;
    if (statement.measurement) out["measurement"] = attest::hex(*statement.measurement);
    out["report_data"] = attest::hex(statement.report_data);
    return out;
}

std::string answer_text(Answer const& answer) {
    std::string out = answer.path + ": " + std::string{answer.verdict_name} + " (" +
                      std::string{answer.kind} + ")\n";
    if (!answer.inside.empty()) out += "  inside  " + answer.inside + '\n';
    for (auto const& root : answer.roots) out += root_text(root);
    if (!answer.warning.empty()) out.insert(0, std::string{answer.warning} + '\n');
    out += all_of(answer, Outcome::Failed);
    // What an earlier failure kept from being judged is no news.
    if (answer.verdict != Verdict::Refused) out += all_of(answer, Outcome::Undecided);
    if (answer.verdict != Verdict::Accepted) return out;
    return out + claims_text("It runs", answer.runs.value_or(nullptr)) +
           claims_text("It says", answer.claims) +
           claims_text("It says", answer.statement.value_or(nullptr)) + not_checked(answer);
}

AnswerJson answer_json(Answer const& answer) {
    AnswerJson rules = AnswerJson::array();
    for (auto const& finding : answer.findings) rules.push_back(finding_json(finding));
    AnswerJson out{{"evidence", answer.path}, {"kind", answer.kind}};
    if (!answer.warning.empty()) out["warning"] = answer.warning;
    if (!answer.inside.empty()) out["inside"] = answer.inside;
    out["verdict"] = answer.verdict_name;
    out["exit_status"] = static_cast<int>(answer.verdict);
    out["rules"] = std::move(rules);
    out["claims"] = answer.claims;
    if (answer.statement) out["statement"] = *answer.statement;
    if (answer.runs) out["runs"] = *answer.runs;
    if (!answer.roots.empty()) out["roots"] = roots_json(answer.roots);
    return out;
}

std::string advice_text(attest::Appraisal const& appraisal) {
    std::string out;
    for (auto const& [advisory, shown] : attest::advice_on(appraisal)) {
        out += "  " + std::string{attest::name_of(shown)} + "  " + std::string{advisory->id};
        if (!advisory->bulletin.empty()) out += ", " + std::string{advisory->bulletin};
        if (!advisory->date.empty()) out += " (" + std::string{advisory->date} + ')';
        out += ": " + std::string{advisory->text} + '\n';
        if (!advisory->rule.empty()) out += "      rule:   " + std::string{advisory->rule} + '\n';
        out += "      source: " + std::string{advisory->source} + '\n';
    }
    if (out.empty()) return out;
    return "What is known against it (table of " + std::string{attest::advisories_as_of} + "):\n" +
           out;
}

AnswerJson advice_json(attest::Appraisal const& appraisal) {
    AnswerJson out = AnswerJson::array();
    for (auto const& [advisory, shown] : attest::advice_on(appraisal))
        out.push_back(
            {{"id", advisory->id},
             {"bulletin", advisory->bulletin},
             {"date", advisory->date},
             {"shown", attest::name_of(shown)},
             {"text", advisory->text},
             {"rule", advisory->rule},
             {"source", advisory->source}}
        );
    return {{"as_of", attest::advisories_as_of}, {"advisories", std::move(out)}};
}

} // namespace host::cli
