// A Keep takes one grant, says what it runs, and is asked once what it loaded.

#include "keep/exec/provision/states_for_tests.hpp"

namespace exec::provision {
namespace {

using namespace states;

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

TEST(Keep, gives_no_evidence_on_a_connection_that_is_none_for_it) {
    auto const empty = keep();
    Connection const connection{empty};
    EXPECT_FALSE(
        crypto::BoundChannel::of(connection.ends.server, authenticator::End::Server, filled(60, 1))
    );
}

} // namespace
} // namespace exec::provision
