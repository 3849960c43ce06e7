#include "service/steward/explain.hpp"

#include "attest/none/examine.hpp"
#include "attest/wrapped/piece.hpp"
#include "base/printable.hpp"
#include "crypto/cose_sign1.hpp"
#include "service/api/api.hpp"
#include "service/steward/files.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

namespace service {

namespace {

constexpr std::size_t largest_evidence = std::size_t{1} << 20;

std::unexpected<os::Failure> failure(std::string_view name, std::string text) {
    return std::unexpected(os::Failure{.name = name, .text = std::move(text)});
}

os::OrFailure<DeploymentRow> row_of(ExplainWish const& wish, Files const& files) {
    if (wish.deployment.empty()) {
        auto const store = TRY(open_sqlite_store(files.database()));
        auto const row = store->newest(wish.name);
        if (!row) return std::unexpected(row.error().failure);
        if (!*row)
            return failure("deployment-unknown", "there is no deployment '" + wish.name + '\'');
        return **row;
    }
    auto const bytes = TRY(read_text(wish.deployment, largest_statement));
    auto const view = base::view_of(bytes);
    auto const message = crypto::verified_message(view, protocol::provision::deployment_type);
    if (!message)
        return failure("deployment-refused", '\'' + wish.deployment + "' is no signed deployment");
    auto const deployment = protocol::provision::decode_deployment(message->payload);
    if (!deployment)
        return failure("deployment-refused", '\'' + wish.deployment + "' is no deployment");
    DeploymentRow row{
        .name = std::string{deployment->name},
        .serial = deployment->serial,
        .statement = {view.begin(), view.end()},
        .policy = {}
    };
    if (deployment->policy) {
        Digest wanted{};
        std::ranges::copy(*deployment->policy, wanted.begin());
        auto const found = files.policies.find(wanted);
        if (found == files.policies.end())
            return failure("deployment-refused", "the policy that it names is not here");
        row.policy = found->second;
    }
    return row;
}

// What only a connection can decide.
bool of_a_connection(attest::Finding const& finding) {
    return finding.rule->id.ends_with(".report-data");
}

void tell(Explanation& out, attest::Finding const& finding) {
    out.text += std::string{attest::name_of(finding.outcome)} + ' ' + std::string{finding.rule->id};
    bool const open =
        finding.outcome == attest::Outcome::Failed || finding.outcome == attest::Outcome::Undecided;
    if (open && of_a_connection(finding)) {
        out.text += ": a connection decides that\n";
        return;
    }
    if (open) {
        out.released = false;
        // Evidence is anybody's, and a terminal obeys some of what could stand in it.
        out.text += ": expected " + base::printable(finding.detail.expected) + ", found " +
                    base::printable(finding.detail.found);
        if (!finding.detail.hint.empty()) out.text += "; " + base::printable(finding.detail.hint);
    }
    out.text += '\n';
}

} // namespace

os::OrFailure<Explanation> explain_release(ExplainWish const& wish) {
    auto const at = now();
    auto const files = TRY(read_files(wish.config, at));
    auto const row = TRY(row_of(wish, *files));
    auto const text = TRY(read_text(wish.evidence, largest_evidence));
    auto const terms = Terms::of(row, files->settings, files->keys, at);
    if (!terms)
        return Explanation{
            .released = false,
            .text = "failed " + terms.error().rule + ": " + terms.error().detail + '\n'
        };
    Explanation out{.released = true, .text = {}};
    for (auto const passed :
         {rule::deployment, rule::tenant, rule::grantor, rule::not_after, rule::log})
        out.text += "passed " + std::string{passed} + '\n';
    auto const piece = attest::wrapped::piece_of(base::view_of(text));
    if (!piece)
        return failure(
            "evidence-unknown",
            '\'' + wish.evidence + "' is no evidence" +
                (piece.error().empty() ? std::string{} : ", but " + piece.error())
        );
    bool const none = piece->kind == attest::Kind::NoHardware;
    if (none && !terms->allow_no_hardware())
        return Explanation{
            .released = false,
            .text = out.text + "failed " + std::string{rule::hardware} +
                    ": deployment and configuration have to allow Keeps without hardware\n"
        };
    auto endorsements = files->anchors.endorsements;
    endorsements.add_hints(attest::wrapped::hints_of(*piece), "the evidence");
    attest::Expected const expected{
        .report_data = attest::ReportData::unbound(), .measurements = terms->measurements()
    };
    auto const findings =
        none ? attest::none::examine(
                   piece->evidence,
                   terms->policy(),
                   {.report_data = expected.report_data, .measurements = expected.measurements}
               )
                   .findings()
             : attest::appraise(
                   piece->kind,
                   {.evidence = piece->evidence,
                    .endorsements = endorsements,
                    .roots = files->anchors.roots,
                    .policy = terms->policy(),
                    .expected = expected,
                    .at = at}
               )
                   .findings();
    for (auto const& finding : findings) tell(out, finding);
    return out;
}

} // namespace service
