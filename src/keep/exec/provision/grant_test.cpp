// A Keep takes the grant that was sealed for it, on the connection on which its evidence was
// accepted; everything else ends it, by a reason that names what was wrong.

#include "crypto/log_for_tests.hpp"
#include "keep/exec/provision/states_for_tests.hpp"
#include "protocol/provision/log_entry.hpp"

namespace exec::provision {
namespace {

using namespace states;

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
} // namespace
} // namespace exec::provision
