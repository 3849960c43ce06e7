// A Keep takes one grant, the one that was sealed for it, on the connection on which its evidence
// was accepted; everything else ends it, by a reason that names what was wrong.

#include "attest/provision/grant.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "crypto/log_for_tests.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "keep/exec/provision/states.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/log_entry.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace exec::provision {
namespace {

namespace authenticator = crypto::authenticator;
namespace wire = protocol::provision;
using attest::provision::AttestedChannel;
using crypto::P256SigningKey;
using crypto::hpke::Suite;

Bytes filled(std::size_t size, unsigned value) {
    Bytes out;
    out.assign(size, std::byte(value));
    return out;
}
Digest digest_of(unsigned value) {
    Digest out{};
    out.fill(std::byte(value));
    return out;
}

Empty keep() { return *Empty::born(digest_of(5), {}); }

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

AttestedChannel attested(Connection const& connection, Answer const& answer) {
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
std::string taken(Empty empty, Bytes const& sealed, Answer const& answer) {
    auto const granted = std::move(empty).take(sealed, answer);
    if (granted) return "granted";
    EXPECT_EQ(granted.error().name, "grant-refused");
    return granted.error().text;
}

TEST(Keep, takes_the_grant_that_was_sealed_for_it_in_either_suite) {
    for (auto const suite : {Suite::X25519, Suite::XWing}) {
        auto empty = keep();
        Connection const connection{empty};
        auto const answer = *empty.answer(connection.keeps(), suite);
        Tenant const tenant;
        auto const sealed = tenant.seal(attested(connection, answer));
        auto granted = std::move(empty).take(sealed, answer);
        ASSERT_TRUE(granted) << granted.error().text;
        EXPECT_EQ(granted->deployment().name, "shop/api");
        EXPECT_EQ(granted->tenant(), crypto::sha256(tenant.key.public_key()));
        EXPECT_TRUE(base::equal(granted->package_key()->view(), tenant.package_key));
        EXPECT_EQ(granted->time(), 1'790'000'000U);
        auto const ready = std::move(*granted).loaded(tenant.workload, tenant.configuration);
        ASSERT_TRUE(ready);
        EXPECT_TRUE(base::equal(ready->secrets().at(0).value.view(), tenant.password));
        EXPECT_EQ(ready->authorities(), std::vector<Bytes>{tenant.authority});
    }
}

TEST(Keep, that_is_ready_says_what_it_runs_and_whose_it_is_on_any_connection) {
    auto empty = keep();
    Connection const connection{empty};
    auto const answer = *empty.answer(connection.keeps(), Suite::XWing);
    Tenant const tenant;
    auto const sealed = tenant.seal(attested(connection, answer));
    auto const ready = *std::move(*std::move(empty).take(sealed, answer))
                            .loaded(tenant.workload, tenant.configuration);
    Connection const users{ready.identity()};
    auto const accepted = Believing{}.accept(
        users.tenants(), *ready.answer(users.keeps()), wire::Purpose::Ready, Suite::XWing
    );
    ASSERT_NE(accepted.channel(), nullptr);
    auto const& runs = *accepted.channel()->runs();
    EXPECT_TRUE(base::equal(runs.workload, tenant.workload));
    EXPECT_TRUE(base::equal(runs.configuration, tenant.configuration));
    EXPECT_TRUE(base::equal(runs.tenant, crypto::sha256(tenant.key.public_key())));
    EXPECT_TRUE(base::equal(runs.package, tenant.package));
    EXPECT_EQ(runs.deployment, "shop/api");
    EXPECT_EQ(runs.serial, 14U);
    // It has no key for another grant, and nobody can seal one.
    EXPECT_EQ(
        attest::provision::seal_grant(
            *accepted.channel(),
            tenant.grantor,
            {.deployment = {}, .package_key = {}, .secrets = {}}
        ).error(),
        base::Errno::Inval
    );
}

TEST(Keep, refuses_another_workload_or_configuration_than_was_granted) {
    for (bool const workload : {true, false}) {
        auto empty = keep();
        Connection const connection{empty};
        auto const answer = *empty.answer(connection.keeps(), Suite::X25519);
        Tenant const tenant;
        auto granted = *std::move(empty).take(tenant.seal(attested(connection, answer)), answer);
        auto const loaded = workload ? std::move(granted).loaded(digest_of(9), tenant.configuration)
                                     : std::move(granted).loaded(tenant.workload, digest_of(9));
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().name, workload ? "workload-differs" : "configuration-differs");
    }
}

TEST(Keep, that_was_asked_what_it_loaded_once_is_not_asked_again) {
    for (bool const right : {true, false}) {
        auto empty = keep();
        Connection const connection{empty};
        auto const answer = *empty.answer(connection.keeps(), Suite::X25519);
        Tenant const tenant;
        auto granted = *std::move(empty).take(tenant.seal(attested(connection, answer)), answer);
        auto const first = right ? tenant.workload : digest_of(9);
        EXPECT_EQ(std::move(granted).loaded(first, tenant.configuration).has_value(), right);
        // NOLINTBEGIN(bugprone-use-after-move): that nothing is left is the point
        EXPECT_FALSE(granted.package_key());
        EXPECT_FALSE(std::move(granted).loaded(tenant.workload, tenant.configuration));
        // NOLINTEND(bugprone-use-after-move)
    }
}

struct Grant : ::testing::Test {
    Empty empty = keep();
    Connection const connection{empty};
    Answer const answer = *empty.answer(connection.keeps(), Suite::XWing);
    AttestedChannel const channel = attested(connection, answer);
    Tenant const tenant;

    std::string with(std::function<void(wire::Deployment&)> const& change) {
        return taken(std::move(empty), tenant.seal(channel, tenant.deployment(change)), answer);
    }
};

TEST_F(Grant, after_another_is_refused_whether_that_was_taken_or_not) {
    auto const good = tenant.seal(channel);
    for (bool const first_is_good : {false, true}) {
        auto one = keep();
        Connection const to_it{one};
        auto const its = *one.answer(to_it.keeps(), Suite::XWing);
        auto const sealed = tenant.seal(attested(to_it, its));
        auto const first = std::move(one).take(first_is_good ? sealed : good, its);
        EXPECT_EQ(first.has_value(), first_is_good);
        // NOLINTBEGIN(bugprone-use-after-move): that nothing is left to take is the point
        auto const second = std::move(one).take(sealed, its);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().text, "this Keep has had a grant before");
        EXPECT_EQ(one.answer(to_it.keeps(), Suite::XWing).error().name, "keep-not-empty");
        // NOLINTEND(bugprone-use-after-move)
    }
}

TEST_F(Grant, for_another_keep_is_refused) {
    auto other = keep();
    Connection const others{other};
    auto const its = *other.answer(others.keeps(), Suite::XWing);
    EXPECT_EQ(
        taken(std::move(other), tenant.seal(channel), its),
        "it is not sealed for this Keep and this connection"
    );
}

TEST_F(Grant, of_an_earlier_connection_of_the_same_keep_is_refused) {
    Connection const again{empty};
    auto const later = *empty.answer(again.keeps(), Suite::XWing);
    EXPECT_EQ(
        taken(std::move(empty), tenant.seal(channel), later),
        "it is not sealed for this Keep and this connection"
    );
}

TEST_F(Grant, that_was_changed_or_cut_anywhere_is_refused) {
    auto const sealed = tenant.seal(channel);
    for (std::size_t at = 0; at < sealed.size(); at += 61) {
        auto changed = sealed;
        changed[at] ^= std::byte{1};
        auto one = keep();
        // The same keys cannot be had twice: what is tried is that nothing opens.
        EXPECT_NE(taken(std::move(one), changed, answer), "granted");
    }
    auto cut = sealed;
    cut.pop_back();
    EXPECT_NE(taken(std::move(empty), cut, answer), "granted");
}

TEST_F(Grant, of_a_grantor_whom_the_deployment_does_not_name_is_refused) {
    auto const sealed = *attest::provision::seal_grant(
        channel,
        *P256SigningKey::generate(),
        {.deployment = tenant.deployment(),
         .package_key = tenant.package_key,
         .secrets = {{"DB_PASSWORD", tenant.password}}}
    );
    EXPECT_EQ(
        taken(std::move(empty), sealed, answer),
        "who signed the grant is none of the deployment's grantors"
    );
}

TEST_F(Grant, without_its_line_in_the_log_that_the_deployment_names_is_refused) {
    crypto::testing::TestLog log;
    auto const deployment = tenant.deployment([&](wire::Deployment& it) {
        it.log = {.origin = log.origin(), .key = log.key()};
    });
    auto const granted = std::move(empty).take(tenant.seal(channel, deployment), answer);
    ASSERT_FALSE(granted);
    EXPECT_EQ(granted.error().name, "release-unlogged");
    EXPECT_TRUE(granted.error().text.starts_with("log.missing: "));
}

TEST_F(Grant, with_its_line_in_the_log_that_the_deployment_names_is_taken) {
    crypto::testing::TestLog log;
    auto const deployment = tenant.deployment([&](wire::Deployment& it) {
        it.log = {.origin = log.origin(), .key = log.key()};
    });
    auto const statement = crypto::sha256(deployment);
    auto const keep_id = crypto::sha256(wire::keep_id_input(empty.identity().public_key(), {}));
    auto const evidence = crypto::sha256(answer.authenticator);
    log.add(base::view_of("another"));
    auto const index = log.add(
        wire::encode(
            wire::entry_of(
                {.time = 1'790'000'000,
                 .deployment = "shop/api",
                 .serial = 14,
                 .statement = statement,
                 .keep_id = keep_id,
                 .authenticator = evidence}
            )
        )
    );
    auto const checkpoint = log.checkpoint();
    auto const proof = crypto::encode(log.proof(index));
    EXPECT_EQ(
        taken(
            std::move(empty),
            tenant.seal(channel, deployment, wire::Log{.checkpoint = checkpoint, .proof = proof}),
            answer
        ),
        "granted"
    );
}

TEST_F(Grant, with_a_secret_too_few_too_many_or_of_another_name_is_refused) {
    using Secrets = std::vector<std::pair<std::string, base::View>>;
    for (auto const& secrets :
         {Secrets{},
          Secrets{{"DB_PASSWORD", tenant.password}, {"MORE", tenant.password}},
          Secrets{{"OTHER", tenant.password}}}) {
        auto one = keep();
        Connection const to_it{one};
        auto const its = *one.answer(to_it.keeps(), Suite::XWing);
        auto const sealed = *attest::provision::seal_grant(
            attested(to_it, its),
            tenant.grantor,
            {.deployment = tenant.deployment(), .package_key = {}, .secrets = secrets}
        );
        EXPECT_EQ(
            taken(std::move(one), sealed, its),
            "its secrets are not those that the deployment names"
        );
    }
}

TEST_F(Grant, by_a_deployment_whose_time_is_over_is_refused) {
    EXPECT_EQ(
        with([](auto& it) { it.not_after = 1'780'000'000; }), "the deployment's time is over"
    );
}

TEST_F(Grant, by_a_deployment_that_wants_hardware_is_refused_where_there_is_none) {
    EXPECT_EQ(
        with([](auto& it) { it.hardware = true; }),
        "the deployment wants hardware that protects the Keep, and there is none"
    );
}

TEST_F(Grant, by_a_deployment_that_nobody_signed_is_refused) {
    auto deployment = tenant.deployment();
    deployment.back() ^= std::byte{1};
    EXPECT_EQ(
        taken(std::move(empty), tenant.seal(channel, deployment), answer),
        "the grant is not as it has to be: signature.wrong"
    );
}

TEST_F(Grant, by_a_deployment_without_a_serial_is_refused) {
    EXPECT_EQ(
        with([](auto& it) { it.serial = 0; }), "the grant is not as it has to be: deployment.serial"
    );
}

TEST(Keep, gives_no_evidence_on_a_connection_that_is_none_for_it) {
    auto const empty = keep();
    Connection const connection{empty};
    EXPECT_FALSE(
        crypto::BoundChannel::of(connection.ends.server, authenticator::End::Server, filled(60, 1))
    );
}

} // namespace
} // namespace exec::provision
