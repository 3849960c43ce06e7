#pragma once

// Decides about Keeps that ask: what one gets after its evidence was judged, and when nothing. What
// was decided is in the store, durable, before it leaves; and in the log that everybody sees where
// the deployment names that.

#include "crypto/bound_channel.hpp"
#include "protocol/provision/pull.hpp"
#include "service/ca/authority.hpp"
#include "service/log/log.hpp"
#include "service/release/rate.hpp"
#include "service/release/ruling.hpp"
#include "service/seal/sealer.hpp"

namespace service {

// What the service asked a Keep on one connection; it is answered once.
struct Exchange {
    crypto::BoundChannel channel; // with the request of the challenge
    std::string name;             // of the deployment that the Keep was ordered to ask for
    std::uint8_t suite = 0;
};

class Releaser {
public:
    // All of them outlive this.
    struct Parts {
        Settings const& settings;
        Authority const& authority;
        ServiceKeys const& keys;
        Anchors const& anchors;
        Store& store;
        Sealer const& sealer;
        Log& log;
    };
    explicit Releaser(Parts const& parts)
        : parts_{parts}, grants_{parts.settings.per_deployment.per_minute} {}

    // The body that answers /v1/attest: the grant for an empty Keep.
    OrDenial<std::vector<std::byte>> grant(
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );
    // The body that answers /v1/attest/ready and /v1/renew: a certificate for a Keep that runs what
    // it was granted.
    OrDenial<std::vector<std::byte>> certify(
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );

private:
    struct Secrets;
    OrDenial<Secrets> secrets_of(Terms const& terms, DeploymentRow const& row) const;
    attest::provision::Answer judge(
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        protocol::provision::Purpose purpose,
        Terms const& terms,
        std::chrono::sys_seconds at
    ) const;
    OrDenial<std::vector<std::byte>> try_grant(
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );
    // Row and line of a release, durable.
    OrDenial<LeafIndex> record(
        attest::provision::Answer const& answer,
        Terms const& terms,
        DeploymentRow const& row,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );
    OrDenial<std::vector<std::byte>> sealed_grant(
        attest::provision::AttestedChannel const& keep,
        DeploymentRow const& row,
        Secrets const& secrets,
        std::optional<Inclusion> const& shown,
        std::chrono::sys_seconds at
    ) const;
    OrDenial<std::vector<std::byte>> try_certify(
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );
    OrDenial<LeafWish> leaf_wish(
        attest::provision::Answer const& answer,
        Terms const& terms,
        DeploymentRow const& row,
        ReleaseRow const& release,
        std::chrono::sys_seconds at
    ) const;
    OrDenial<std::vector<std::byte>> certificate(
        attest::provision::Answer const& answer,
        Terms const& terms,
        DeploymentRow const& row,
        ReleaseRow const& release,
        std::chrono::sys_seconds at
    );
    // Those for a rule, not those for want of room; not more than a few each second.
    void log_denial(
        Denial const& denial,
        Exchange const& exchange,
        protocol::provision::Attestation const& attestation,
        std::chrono::sys_seconds at
    );

    Parts parts_;
    Buckets denials_{600};
    // Of each deployment. Only Keeps whose evidence was accepted count: a stranger takes nobody's
    // turn.
    Buckets grants_;
};

// How the service names a Keep: keep_id with an empty recipient key, which `ready` evidence gives
// again.
Digest keep_name(base::View identity_key);

} // namespace service
