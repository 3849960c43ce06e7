#pragma once

// A Keep's connection and a tenant who grants: what the tests of a Keep's states have in common.

#include "attest/provision/grant.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "keep/exec/provision/states.hpp"
#include "protocol/provision/grant.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace exec::provision::states {

namespace authenticator = crypto::authenticator;
namespace wire = protocol::provision;
using attest::provision::AttestedChannel;
using crypto::P256SigningKey;
using crypto::hpke::Suite;

inline Bytes filled(std::size_t size, unsigned value) {
    Bytes out;
    out.assign(size, std::byte(value));
    return out;
}
inline Digest digest_of(unsigned value) {
    Digest out{};
    out.fill(std::byte(value));
    return out;
}

inline Empty keep() { return *Empty::born(digest_of(5), {}); }

// A connection to a Keep, and what either end knows of it.
struct Connection {
    crypto::TlsContext server;
    crypto::TlsContext client;
    crypto::testing::TlsPair ends;
    Bytes request = authenticator::request(authenticator::End::Server, filled(32, 7));

    explicit Connection(Empty const& empty) : Connection(empty.identity()) {}
    explicit Connection(crypto::TlsCredential const& identity)
        : server{*crypto::TlsContext::server(identity, {})},
          client{*crypto::TlsContext::client(
              crypto::testing::credential({"tenant"}),
              {.authorities = {}, .alpn = {}, .any_certificate = true}
          )},
          ends{.client = *client.connect("keep"), .server = *server.accept()} {
        if (!ends.handshake()) std::abort();
    }
    crypto::BoundChannel keeps() const {
        return *crypto::BoundChannel::of(ends.server, authenticator::End::Server, request);
    }
    crypto::BoundChannel tenants() const {
        return *crypto::BoundChannel::of(ends.client, authenticator::End::Server, request);
    }
};

struct Believing {
    attest::Endorsements endorsements;
    attest::Roots roots = attest::Roots::builtin();
    attest::Policy policy = attest::Policy::authentic();
    attest::Measurements measurements = attest::Measurements::unbound();

    attest::provision::Answer accept(
        crypto::BoundChannel const& channel,
        Answer const& answer,
        wire::Purpose purpose,
        Suite suite
    ) const {
        return attest::provision::accept(
            channel,
            {.authenticator = answer.authenticator, .binding = answer.binding},
            {.purpose = purpose, .suite = static_cast<std::uint8_t>(suite)},
            {.endorsements = endorsements,
             .roots = roots,
             .policy = policy,
             .measurements = measurements,
             .at = crypto::testing::now(),
             .allow_no_hardware = true}
        );
    }
};

inline AttestedChannel attested(Connection const& connection, Answer const& answer) {
    auto const accepted =
        Believing{}.accept(connection.tenants(), answer, wire::Purpose::Provision, answer.suite);
    if (accepted.channel() == nullptr) std::abort();
    return *accepted.channel();
}

// What a tenant has.
struct Tenant {
    P256SigningKey key = *P256SigningKey::generate();
    P256SigningKey grantor = *P256SigningKey::generate();
    Bytes package_key = filled(32, 1);
    Bytes password = filled(8, 2);
    Bytes authority = filled(9, 7); // a certificate, which nobody reads before it is used
    Digest workload = digest_of(3);
    Digest configuration = digest_of(4);
    Digest package = digest_of(6);

    // As the tenant signs it; `change` spoils a field.
    Bytes deployment(std::function<void(wire::Deployment&)> const& change = {}) const {
        auto const grantor_digest = crypto::sha256(grantor.public_key());
        wire::Deployment out{
            .name = "shop/api",
            .serial = 14,
            .package = package,
            .workload = workload,
            .configuration = configuration,
            .policy = {},
            .measurements = {},
            .grantors = {grantor_digest},
            .secrets =
                {{.name = "DB_PASSWORD", .place = wire::Place::Variable, .where = "DB_PASSWORD"}},
            .dns_names = {},
            .not_after = {},
            .hardware = false
        };
        if (change) change(out);
        return *crypto::sign_message(key, wire::deployment_type, wire::encode(out));
    }
    Bytes seal(
        AttestedChannel const& channel,
        Bytes const& deployment,
        std::optional<wire::Log> const& log = {}
    ) const {
        return *attest::provision::seal_grant(
            channel,
            grantor,
            {.deployment = deployment,
             .package_key = package_key,
             .secrets = {{"DB_PASSWORD", password}},
             .authorities = {authority},
             .time = 1'790'000'000,
             .log = log}
        );
    }
    Bytes seal(AttestedChannel const& channel) const { return seal(channel, deployment()); }
};

// Why, or "granted".
inline std::string taken(Empty empty, Bytes const& sealed, Answer const& answer) {
    auto const granted = std::move(empty).take(sealed, answer);
    if (granted) return "granted";
    EXPECT_EQ(granted.error().name, "grant-refused");
    return granted.error().text;
}

} // namespace exec::provision::states
