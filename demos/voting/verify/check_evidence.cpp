// The Keep: is the key of this election that of a Keep, and who says so?

#include "attest/none/examine.hpp"
#include "voting/protocol/hex.hpp"
#include "voting/verify/check.hpp"

#include <fmt/format.h>

namespace voting {

namespace {

Findings examined(Record const& record, Wanted const& wanted) {
    auto const bound = protocol::evidence::UserData::of(user_data(record.id));
    if (!bound) return {{false, "evidence.form", "the user data are too long"}};
    attest::none::Wanted const expected{
        .workload = wanted.workload, .configuration = wanted.configuration, .user_data = *bound
    };
    auto const examination =
        attest::none::examine(record.evidence, attest::Policy::authentic(), expected);
    Findings findings;
    for (attest::Finding const& finding : examination.findings())
        if (finding.outcome == attest::Outcome::Failed)
            findings.push_back(
                {false,
                 "evidence.binding",
                 fmt::format("it is of another Keep or election: {}", finding.rule->id)}
            );
    if (findings.empty())
        findings.push_back(
            {true, "evidence", "it names this election, its key and its certificate (unproven)"}
        );
    return findings;
}

} // namespace

Findings check_evidence(Record const& record, Wanted const& wanted) {
    if (record.kind == "missing")
        return {
            {false,
             hardware_rule,
             "NO HARDWARE: the Keep gave no evidence at all. Whoever ran it may have read and "
             "changed every vote"}
        };
    if (record.kind != "none")
        return {
            {false,
             "evidence.unchecked",
             fmt::format(
                 "evidence of the kind {} is for `enarx verify`, with these user data: {}",
                 record.kind,
                 hex(user_data(record.id))
             )}
        };
    Findings findings{
        {false,
         hardware_rule,
         "NO HARDWARE: no processor vouches for this Keep. An administrator may have run one of "
         "his own, and then read and changed every vote. All that follows holds only if the key is "
         "authentic"}
    };
    for (Finding& finding : examined(record, wanted)) findings.push_back(std::move(finding));
    return findings;
}

Findings check_election(Record const& record, Wanted const& wanted) {
    Findings findings;
    if (election_id(record.definition, record.key, record.certificate) != record.id)
        findings.push_back(
            {false,
             "election.id",
             "the rules, the key or the certificate are not those that the election's identity is "
             "made of"}
        );
    if (wanted.certificate && *wanted.certificate != record.certificate)
        findings.push_back(
            {false,
             "election.certificate",
             "the browser showed another certificate: the voter did not talk to this Keep"}
        );
    if (findings.empty())
        findings.push_back(
            {true, "election", fmt::format("{} ({})", record.definition.title, hex(record.id))}
        );
    return findings;
}

bool only_hardware_missing(Findings const& findings) {
    for (Finding const& finding : findings)
        if (!finding.fits && finding.rule != hardware_rule) return false;
    return true;
}

} // namespace voting
