#pragma once

// What a deployment demands of a Keep, and whether one fulfils it. Nothing here writes anything: a
// decision can be made dry.

#include "attest/provision/attested_channel.hpp"
#include "protocol/provision/deployment.hpp"
#include "service/config/settings.hpp"
#include "service/release/denial.hpp"
#include "service/release/keys.hpp"

#include <chrono>
#include <optional>

namespace service {

// A deployment that may be handed out now.
class Terms {
public:
    // Signature, tenant, name, grantor, end and log, as they are now.
    static OrDenial<Terms>
    of(DeploymentRow const& row,
       Settings const& settings,
       ServiceKeys const& keys,
       std::chrono::sys_seconds at);

    // Its views point into the row, which outlives this.
    protocol::provision::Deployment const& deployment() const { return deployment_; }
    Tenant const& tenant() const { return *tenant_; }
    Digest const& tenant_key() const { return tenant_key_; }
    attest::Policy const& policy() const { return policy_; }
    attest::Measurements measurements() const;
    bool allow_no_hardware() const { return !deployment_.hardware && tenant_->allow_no_hardware; }
    std::uint64_t replicas() const;

private:
    explicit Terms(attest::Policy policy) : policy_{std::move(policy)} {}

    protocol::provision::Deployment deployment_;
    Tenant const* tenant_ = nullptr;
    Digest tenant_key_{};
    attest::Policy policy_;
};

// What vendors say, and whom the service trusts.
struct Anchors {
    attest::Endorsements endorsements;
    attest::Roots roots = attest::Roots::builtin();
};

// Whether the service can keep the log that the deployment names, if it names one.
bool keeps_log(
    protocol::provision::Deployment const& deployment,
    Settings const& settings,
    ServiceKeys const& keys
);

// The first rule that failed or was left undecided, as a denial; nothing where it was accepted.
std::optional<Denial> denial_of(attest::provision::Answer const& answer, Terms const& terms);

// Whether the Keep runs what the deployment names.
OrDenial<void> check_workload(attest::provision::Runs const& runs, Terms const& terms);

} // namespace service
