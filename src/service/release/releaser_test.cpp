// What a Keep gets from the service, and that each thing that is not as it has to be ends in a
// denial that names its rule, and in a line of the log.

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "service/release/releaser_for_tests.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace service {
namespace {

using namespace testing;

TEST_F(PulledTest, AnEmptyKeepGetsDeploymentKeyAndSecretsAndTheLogSaysSoFirst) {
    publish_all();
    auto const answered = answer(keep, pull);
    auto const body = releaser.grant(pull.exchange(), answered.attestation(), at);
    ASSERT_TRUE(body) << body.error().rule << body.error().detail;
    auto const opened = payload_of(*body, answered);
    auto const grant = *wire::decode_grant(opened);
    EXPECT_FALSE(grant.log); // nobody has asked for it
    EXPECT_TRUE(base::equal(*grant.package_key, filled(32, 5)));
    ASSERT_EQ(grant.secrets.size(), 1U);
    EXPECT_EQ(base::text_of(grant.secrets[0].second), "hunter2");
    EXPECT_EQ(count(wire::LogKind::Release), 1U);
    EXPECT_EQ(store->alive("shop/api", 1'796'000'001, 10)->size(), 1U);
}

TEST_F(PulledTest, ASecondGrantIsRefused) {
    publish_all();
    ASSERT_TRUE(granted());
    auto const again = granted();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().status, 409U);
    EXPECT_EQ(again.error().failure, "keep-not-empty");
    EXPECT_EQ(count(wire::LogKind::Release), 1U);
}

TEST_F(PulledTest, StrangersTakeNoTurnOfAKeepAndKeepsWaitForTheirs) {
    settings.per_deployment.per_minute = 1;
    auto slow = new_releaser();
    publish_all();
    for (int i = 0; i < 3; ++i) {
        provision::testing::Keep stranger;
        Pull const elsewhere{stranger, tls};
        auto const denied =
            slow.grant(pull.exchange(), answer(stranger, elsewhere).attestation(), at);
        ASSERT_FALSE(denied);
        EXPECT_EQ(denied.error().failure, "release-denied");
    }
    ASSERT_TRUE(slow.grant(pull.exchange(), answer(keep, pull).attestation(), at));
    provision::testing::Keep other;
    Pull const its{other, tls};
    auto const late = slow.grant(its.exchange(), answer(other, its).attestation(), at);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().failure, "rate-limited");
    EXPECT_EQ(late.error().status, 429U);
    EXPECT_TRUE(late.error().wait.has_value());
}

TEST_F(PulledTest, NoMoreKeepsThanTheDeploymentAndTheTenantAreGiven) {
    settings.tenants[0].replicas = 1;
    publish_all();
    ASSERT_TRUE(granted());
    provision::testing::Keep const other;
    Pull const second{other, tls};
    auto const more = releaser.grant(second.exchange(), answer(other, second).attestation(), at);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().failure, "replicas-exhausted");
}

TEST_F(PulledTest, EachDenialNamesItsRuleAndIsInTheLog) {
    publish_all();
    struct Case {
        std::string_view rule;
        std::function<void()> spoil;
        std::function<void()> mend;
    };
    auto& shop = settings.tenants[0];
    auto const key = keys.grantor;
    std::vector<Case> const cases{
        {rule::tenant, [&] { shop.keys.clear(); }, [&] { shop.keys = {tenant_key}; }},
        {rule::tenant,
         [&] { shop.deployments = {"other/"}; },
         [&] { shop.deployments = {"shop/"}; }},
        {rule::grantor,
         [&] { keys.grantor = *crypto::P256SigningKey::generate(); },
         [&] { keys.grantor = key; }},
        {rule::hardware,
         [&] { shop.allow_no_hardware = false; },
         [&] { shop.allow_no_hardware = true; }},
        {"binding.peer",
         [&] { keys.tls = tenant.public_key(); },
         [&] { keys.tls = tls.public_key(); }},
    };
    std::size_t denials = 0;
    for (auto const& [rule, spoil, mend] : cases) {
        spoil();
        auto const out = granted();
        mend();
        ASSERT_FALSE(out) << rule;
        EXPECT_EQ(out.error().rule, rule);
        EXPECT_EQ(out.error().status, 403U);
        EXPECT_EQ(count(wire::LogKind::Denial), ++denials) << rule;
    }
    EXPECT_EQ(count(wire::LogKind::Release), 0U);
    EXPECT_TRUE(granted()); // it was each of these alone
}

TEST_F(PulledTest, NothingIsReleasedBeforeAllSecretsAreHere) {
    EXPECT_EQ(granted().error().rule, rule::deployment);
    publish();
    EXPECT_EQ(granted().error().rule, rule::secrets);
    put(SealedKind::PackageKey, "", filled(32, 5));
    EXPECT_EQ(granted().error().rule, rule::secrets);
    put(SealedKind::Secret, "PASSWORD", base::view_of("hunter2"));
    EXPECT_TRUE(granted());
}

TEST_F(PulledTest, NothingIsReleasedOfADeploymentThatHasEndedOrWasWithdrawn) {
    deployment.not_after = 1'796'000'000;
    publish_all();
    EXPECT_EQ(granted().error().rule, rule::not_after);
    ASSERT_TRUE(store->withdraw("shop/api", 2, entry()));
    EXPECT_EQ(granted().error().rule, rule::deployment);
}

TEST_F(PulledTest, AnAnswerToAnotherRequestOrConnectionIsNoAnswer) {
    publish_all();
    Pull const second{keep, tls};
    auto const elsewhere = answer(keep, second);
    EXPECT_THAT(
        releaser.grant(pull.exchange(), elsewhere.attestation(), at).error().rule,
        ::testing::StartsWith("authenticator.")
    );
    auto asked = pull.exchange();
    pull.request =
        crypto::authenticator::request(crypto::authenticator::End::Client, filled(32, 9));
    EXPECT_EQ(
        releaser.grant(asked, answer(keep, pull).attestation(), at).error().rule,
        "authenticator.context"
    );
}

TEST_F(PulledTest, AKeepThatRunsWhatItWasGrantedGetsACertificate) {
    publish_all();
    ASSERT_TRUE(granted());
    auto const body = certified(loaded());
    ASSERT_TRUE(body) << body.error().rule << body.error().detail;
    auto const out = *wire::decode_certified(*body);
    ASSERT_EQ(out.chain.size(), 2U);
    auto const leaf = *crypto::Certificate::parse(out.chain[0]);
    EXPECT_TRUE(base::equal(leaf.public_key_info(), keep.identity_key()));
    EXPECT_EQ(leaf.not_after(), at + 24h);
    EXPECT_EQ(out.renew_at, 1'796'000'000U + 16 * 3600);
    auto const text = std::string{base::text_of(leaf.der())};
    EXPECT_THAT(text, ::testing::HasSubstr("NO HARDWARE PROTECTION"));
    EXPECT_THAT(text, ::testing::HasSubstr("api.example"));
    for (auto const* name : {"api.shop.com", "other.example"}) // real; not the tenant's
        EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr(name)));
    EXPECT_EQ(count(wire::LogKind::Certificate), 1U);

    std::string const ear{out.ear};
    auto const first = ear.find('.');
    auto const payload =
        *crypto::decode_base64url(ear.substr(first + 1, ear.rfind('.') - first - 1));
    auto const json = nlohmann::json::parse(base::text_of(payload));
    auto const& submodule = json["submods"]["keep"];
    EXPECT_EQ(submodule["ear_status"], "contraindicated");
    EXPECT_EQ(submodule["enarx.workload"], base::hex(workload));
    EXPECT_EQ(submodule["enarx.tenant"], base::hex(tenant_key));
    EXPECT_EQ(json["exp"], out.not_after);
    EXPECT_EQ(json["cnf"]["jwk"]["crv"], "P-256");
    // The line of its release, which was there when this was said; that of the certificate was not.
    std::vector<LeafRow> rows;
    auto const all = lines(rows);
    EXPECT_EQ(submodule["enarx.log"][0], all.size() - 1);
    EXPECT_EQ(all.at(submodule["enarx.log"][1].get<std::size_t>()).kind, wire::LogKind::Release);
}

TEST_F(PulledTest, AKeepThatRunsAnythingElseGetsNone) {
    publish_all();
    EXPECT_EQ(certified(loaded()).error().rule, rule::granted); // before it was granted to
    ASSERT_TRUE(granted());
    auto const other = filled(32, 99);
    using Spoil = std::function<void(wire::Loaded&)>;
    for (auto const& spoil : std::vector<Spoil>{
             [&](wire::Loaded& runs) { runs.workload = other; },
             [&](wire::Loaded& runs) { runs.configuration = other; },
             [&](wire::Loaded& runs) { runs.package = other; },
             [&](wire::Loaded& runs) { runs.tenant = other; },
             [&](wire::Loaded& runs) { runs.deployment = "shop/other"; },
             [&](wire::Loaded& runs) { runs.serial = 2; }
         }) {
        auto runs = loaded();
        spoil(runs);
        EXPECT_EQ(certified(runs).error().rule, rule::workload);
    }
    EXPECT_EQ(count(wire::LogKind::Certificate), 0U);
}

TEST_F(PulledTest, ARevokedKeepIsNotRenewed) {
    publish_all();
    ASSERT_TRUE(granted());
    ASSERT_TRUE(certified(loaded()));
    EXPECT_TRUE(certified(loaded(), at + 16h));
    ASSERT_TRUE(store->revoke(keep_name(keep.identity_key()), 5, entry()));
    EXPECT_EQ(certified(loaded()).error().rule, rule::granted);
}

TEST_F(PulledTest, ADeploymentThatWasChangedInTheDatabaseIsNotHandedOut) {
    deployment.hardware = true;
    auto statement = *crypto::sign_message(tenant, wire::deployment_type, wire::encode(deployment));
    statement[statement.size() / 2] ^= std::byte{1};
    ASSERT_TRUE(store->publish(
        {.name = "shop/api",
         .serial = 3,
         .statement = statement,
         .tenant = tenant_key,
         .policy = {},
         .time = 1},
        entry()
    ));
    EXPECT_EQ(granted().error().rule, rule::deployment);
}

} // namespace
} // namespace service
