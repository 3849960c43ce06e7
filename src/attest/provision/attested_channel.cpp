#include "attest/provision/attested_channel.hpp"

#include "attest/none/examine.hpp"
#include "attest/provision/rules.hpp"
#include "attest/text.hpp"
#include "attest/verify.hpp"
#include "crypto/digest.hpp"
#include "protocol/provision/cmw.hpp"

#include <algorithm>

namespace attest::provision {

namespace {

namespace authenticator = crypto::authenticator;
using protocol::provision::Binding;
using protocol::provision::Purpose;
using Bytes = std::vector<std::byte>;

Bytes copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

// Findings in the order in which things are looked at; the first that fails ends it.
class Checks {
public:
    bool hold(Rule const& rule, bool holds, Detail detail = {}) {
        if (holds) detail = {};
        findings_.push_back({&rule, holds ? Outcome::Passed : Outcome::Failed, std::move(detail)});
        return holds;
    }
    std::vector<Finding> findings() && { return std::move(findings_); }

private:
    std::vector<Finding> findings_;
};

Detail of(std::string expected, std::string found, std::string field = {}) {
    return {std::move(expected), std::move(found), {"binding", {}, std::move(field)}};
}

std::string_view text_of(authenticator::End end) {
    return end == authenticator::End::Server ? "server" : "client";
}

bool same_end(authenticator::End one, protocol::provision::End other) {
    return static_cast<unsigned>(one) == static_cast<unsigned>(other);
}

// ---- the connection and its authenticator ----

bool connection_holds(Checks& checks, crypto::BoundChannel const& channel) {
    return checks.hold(rules::tls_1_3, channel.tls_1_3(), of("TLS 1.3", "an older version")) &&
           checks.hold(
               rules::no_resumption,
               !channel.resumed(),
               of("a connection of its own", "one that resumes another")
           );
}

struct Step {
    Rule const& rule;
    authenticator::Fault fault;
    std::string_view expected;
};
constexpr std::array steps{
    Step{rules::authenticator_form, authenticator::Fault::Form, "an authenticator"},
    Step{
        rules::authenticator_context,
        authenticator::Fault::Context,
        "the context of the request that was sent"
    },
    Step{
        rules::authenticator_certificate,
        authenticator::Fault::Certificate,
        "the key that was shown in the handshake, on P-256"
    },
    Step{rules::authenticator_verify, authenticator::Fault::Verify, "a signature of that key"},
    Step{
        rules::authenticator_finished,
        authenticator::Fault::Finished,
        "a Finished message of this connection"
    },
};

struct Authenticated {
    Bytes key;      // SubjectPublicKeyInfo
    Bytes evidence; // unwrapped
};

std::optional<Authenticated>
authenticate(Checks& checks, crypto::BoundChannel const& channel, base::View bytes) {
    auto const shown =
        authenticator::verify(channel.secrets(), channel.request(), bytes, channel.peer_key());
    auto const evidence = shown ? protocol::provision::unwrapped_evidence(shown->attestation)
                                : protocol::provision::Read<base::View>{base::View{}};
    for (auto const& step : steps) {
        bool const form = step.fault != authenticator::Fault::Form || evidence.has_value();
        bool const holds = form && (shown || shown.error() != step.fault);
        Detail detail{std::string{step.expected}, "something else", {"authenticator"}};
        if (!checks.hold(step.rule, holds, std::move(detail))) return {};
    }
    auto const certificate = crypto::Certificate::parse(shown->certificate);
    return Authenticated{.key = copy(certificate->public_key_info()), .evidence = copy(*evidence)};
}

// ---- the binding ----

std::string_view state_of(Purpose purpose) {
    return purpose == Purpose::Provision ? "a Keep that is empty"
                                         : "a Keep that has loaded its workload";
}

bool binding_holds(
    Checks& checks,
    Binding const& binding,
    crypto::BoundChannel const& channel,
    Demand const& demand,
    base::View key
) {
    bool const suite = demand.purpose == Purpose::Ready || binding.suite == demand.suite;
    auto const binder = channel.binder(binding.identity_key);
    auto const own = demand.own_key.empty() ? Bytes{} : copy(crypto::sha256(demand.own_key));
    auto const seen = binding.peer.value_or(base::View{});
    return checks.hold(
               rules::binding_purpose,
               binding.purpose() == demand.purpose,
               of(std::string{state_of(demand.purpose)},
                  std::string{state_of(binding.purpose())},
                  "workload")
           ) &&
           checks.hold(
               rules::binding_suite,
               suite,
               of(std::to_string(demand.suite), std::to_string(binding.suite), "suite")
           ) &&
           checks.hold(
               rules::binding_role,
               same_end(channel.keep_is(), binding.end),
               of(std::string{text_of(channel.keep_is())}, "the other end", "role")
           ) &&
           checks.hold(
               rules::binding_key,
               base::equal(binding.identity_key, key),
               of(hex(key), hex(binding.identity_key), "key")
           ) &&
           checks.hold(
               rules::binding_channel,
               base::equal(binder, binding.binder),
               {hex(binder),
                hex(binding.binder),
                {"binding", {}, "channel"},
                "Somebody stands between: the Keep's connection is not this one."}
           ) &&
           checks.hold(
               rules::binding_peer,
               base::equal(own, seen),
               of(own.empty() ? "no key" : hex(own), seen.empty() ? "no key" : hex(seen), "peer")
           );
}

// ---- the evidence ----

struct Judged {
    std::optional<Kind> kind;
    Verdict verdict = Verdict::Refused;
    std::vector<Finding> findings;
    std::optional<Appraisal> appraisal;
};

// What a Keep without hardware says that it was measured as at its start, if anything.
bool measured(base::View evidence) {
    auto const bound = protocol::evidence::decode_bound(evidence);
    return bound && bound->measurement;
}

Judged judge(base::View evidence, base::View report_data, Appraiser const& by) {
    Expected const expected{
        .report_data = ReportData::exactly(report_data), .measurements = by.measurements
    };
    auto const kind = recognise(evidence);
    if (!kind) return {};
    auto appraisal = appraise(
        *kind,
        {.evidence = evidence,
         .endorsements = by.endorsements,
         .roots = by.roots,
         .policy = by.policy,
         .expected = expected,
         .at = by.at,
         .kinds = by.kinds}
    );
    if (kind == Kind::NoHardware && by.allow_no_hardware) {
        bool const unnamed = !by.measurements.given() && by.own_measurements;
        auto own = unnamed && measured(evidence) ? by.own_measurements()
                                                 : std::vector<std::vector<std::byte>>{};
        auto const examination = none::examine(
            evidence,
            by.policy,
            {.report_data = expected.report_data,
             .measurements =
                 own.empty() ? expected.measurements : Measurements::any_of(std::move(own))}
        );
        return {kind, examination.verdict(), examination.findings(), std::move(appraisal)};
    }
    auto const verdict = appraisal.verdict();
    auto findings = appraisal.findings();
    return {kind, verdict, std::move(findings), std::move(appraisal)};
}

std::string_view failure_of(Finding const& failed) {
    if (failed.rule == &rules::binding_suite) return "protocol-version";
    if (failed.rule == &rules::binding_purpose) return "keep-not-empty";
    return "channel-unbound";
}

std::optional<Runs> runs_of(Binding const& binding) {
    if (!binding.loaded) return {};
    auto const& loaded = *binding.loaded;
    return Runs{
        .workload = copy(loaded.workload),
        .configuration = copy(loaded.configuration),
        .tenant = copy(loaded.tenant),
        .package = copy(loaded.package),
        .deployment = std::string{loaded.deployment},
        .serial = loaded.serial
    };
}

} // namespace

Answer accept(
    crypto::BoundChannel const& channel,
    Offer const& offer,
    Demand const& demand,
    Appraiser const& appraiser
) {
    Answer answer;
    Checks checks;
    auto const refused = [&] {
        answer.findings_ = std::move(checks).findings();
        answer.failure_ = failure_of(answer.findings_.back());
        return answer;
    };
    if (!connection_holds(checks, channel)) return refused();
    auto const authenticated = authenticate(checks, channel, offer.authenticator);
    if (!authenticated) return refused();
    auto const binding = protocol::provision::decode_binding(offer.binding);
    auto const wrong = binding ? std::string{} : std::string{binding.error().field};
    if (!checks.hold(rules::binding_form, binding.has_value(), of("a binding", wrong, wrong)))
        return refused();
    if (!binding_holds(checks, *binding, channel, demand, authenticated->key)) return refused();

    auto const report_data =
        crypto::sha512(protocol::provision::report_data_input(demand.purpose, offer.binding));
    auto judged = judge(authenticated->evidence, report_data, appraiser);
    answer.findings_ = std::move(checks).findings();
    std::ranges::move(judged.findings, std::back_inserter(answer.findings_));
    answer.kind_ = judged.kind;
    answer.verdict_ = judged.verdict;
    answer.appraisal_ = std::move(judged.appraisal);
    if (judged.verdict != Verdict::Accepted) {
        answer.failure_ =
            judged.verdict == Verdict::Undecided ? "evidence-undecided" : "evidence-refused";
        return answer;
    }
    AttestedChannel accepted;
    accepted.suite_ = binding->suite;
    accepted.identity_key_ = copy(binding->identity_key);
    accepted.recipient_key_ = copy(binding->recipient_key);
    accepted.report_data_ = copy(report_data);
    accepted.keep_id_ = crypto::sha256(
        protocol::provision::keep_id_input(binding->identity_key, binding->recipient_key)
    );
    accepted.instance_ = copy(binding->instance);
    accepted.orders_ = copy(binding->orders);
    accepted.hardware_ = judged.kind != Kind::NoHardware;
    accepted.runs_ = runs_of(*binding);
    answer.channel_ = std::move(accepted);
    return answer;
}

} // namespace attest::provision
