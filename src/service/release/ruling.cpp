#include "service/release/ruling.hpp"

#include "base/hex.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "policy/parse.hpp"

#include <algorithm>

namespace service {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::string sentence(attest::Finding const& finding) {
    auto out = std::string{finding.rule->text};
    if (!finding.detail.expected.empty())
        out += " Expected " + finding.detail.expected + ", found " +
               (finding.detail.found.empty() ? "nothing" : finding.detail.found) + '.';
    if (!finding.detail.hint.empty()) out += ' ' + finding.detail.hint;
    return out;
}

bool same(base::View one, base::View other) { return base::equal(one, other); }

} // namespace

OrDenial<Terms> Terms::of(
    DeploymentRow const& row, Settings const& settings, ServiceKeys const& keys, sys_seconds at
) {
    if (row.withdrawn_at) return denied(rule::deployment, "the deployment was withdrawn");
    auto const message =
        crypto::verified_message(row.statement, protocol::provision::deployment_type);
    if (!message)
        return denied(rule::deployment, "the deployment that is stored bears no signature of it");
    auto deployment = protocol::provision::decode_deployment(message->payload);
    if (!deployment || deployment->name != row.name || deployment->serial != row.serial)
        return denied(rule::deployment, "the deployment that is stored is another one");
    auto policy = row.policy ? policy::parse_policy("policy", base::view_of(*row.policy))
                             : os::OrFailure<attest::Policy>{attest::Policy::strict()};
    if (!policy)
        return denied(rule::deployment, "its policy cannot be read: " + policy.error().text);
    Terms out{*std::move(policy)};
    out.deployment_ = *std::move(deployment);
    out.tenant_key_ = crypto::sha256(message->key);
    out.tenant_ = settings.tenant_with(out.tenant_key_);
    if (out.tenant_ == nullptr)
        return denied(rule::tenant, "nobody here has the key that signed the deployment");
    if (!out.tenant_->may_name(row.name))
        return denied(
            rule::tenant, "tenant " + out.tenant_->name + " may not deploy under this name"
        );
    auto const own = crypto::sha256(keys.grantor.public_key());
    if (std::ranges::none_of(out.deployment_.grantors, [&own](base::View listed) {
            return same(listed, own);
        }))
        return denied(
            rule::grantor, "the deployment does not list this service's key, " + base::hex(own)
        );
    if (out.deployment_.not_after && sys_seconds{seconds{*out.deployment_.not_after}} <= at)
        return denied(rule::not_after, "the deployment has ended");
    if (!keeps_log(out.deployment_, settings, keys))
        return denied(
            rule::log,
            "the deployment wants its releases in the log " +
                std::string{out.deployment_.log->origin} + ", by a key that is not this service's"
        );
    return out;
}

bool keeps_log(
    protocol::provision::Deployment const& deployment,
    Settings const& settings,
    ServiceKeys const& keys
) {
    auto const& log = deployment.log;
    return !log || (log->origin == settings.name && same(log->key, keys.log));
}

attest::Measurements Terms::measurements() const {
    if (deployment_.measurements.empty()) return attest::Measurements::unbound();
    std::vector<std::vector<std::byte>> values;
    for (auto const each : deployment_.measurements) values.emplace_back(each.begin(), each.end());
    return attest::Measurements::any_of(std::move(values));
}

std::uint64_t Terms::replicas() const { return std::min(deployment_.replicas, tenant_->replicas); }

std::optional<Denial> denial_of(attest::provision::Answer const& answer, Terms const& terms) {
    if (answer.channel() != nullptr) return {};
    if (answer.kind() == attest::Kind::NoHardware && !terms.allow_no_hardware())
        return Denial{
            .rule = std::string{rule::hardware},
            .detail = "No hardware vouches for the Keep. Both the deployment and the service's "
                      "configuration have to allow that."
        };
    for (auto const outcome : {attest::Outcome::Failed, attest::Outcome::Undecided})
        for (auto const& finding : answer.findings())
            if (finding.outcome == outcome)
                return Denial{.rule = std::string{finding.rule->id}, .detail = sentence(finding)};
    return Denial{
        .rule = "evidence.kind", .detail = "the bytes are of no kind of evidence that is known"
    };
}

OrDenial<void> check_workload(attest::provision::Runs const& runs, Terms const& terms) {
    auto const& wanted = terms.deployment();
    struct Pair {
        std::string_view name;
        base::View wanted;
        base::View found;
    };
    for (auto const& [name, expected, found] : {
             Pair{"workload", wanted.workload, runs.workload},
             Pair{"configuration", wanted.configuration, runs.configuration},
             Pair{"package", wanted.package, runs.package},
             Pair{"tenant", terms.tenant_key(), runs.tenant},
         })
        if (!same(expected, found))
            return denied(
                rule::workload,
                std::string{name} + ": expected " + base::hex(expected) + ", found " +
                    base::hex(found)
            );
    if (runs.deployment != wanted.name || runs.serial != wanted.serial)
        return denied(
            rule::workload,
            "the Keep runs " + runs.deployment + ", serial " + std::to_string(runs.serial)
        );
    return {};
}

} // namespace service
