// Whoever stands between a Keep and its tenant, whatever he holds, is refused by the rule that says
// why; and where evidence binds less than the connection, he is not, so that the attack is real.

#include "attest/provision/attested_channel.hpp"
#include "attest/provision/keep_for_tests.hpp"

#include <gtest/gtest.h>

namespace attest::provision {
namespace {

using namespace testing;
using protocol::provision::Loaded;
using protocol::provision::Purpose;

struct Believing {
    Endorsements endorsements;
    Roots roots = Roots::builtin();
    Policy policy = Policy::authentic();
    Measurements measurements = Measurements::unbound();

    Appraiser appraiser(bool allow_no_hardware = true) const {
        return {
            .endorsements = endorsements,
            .roots = roots,
            .policy = policy,
            .measurements = measurements,
            .at = crypto::testing::now(),
            .allow_no_hardware = allow_no_hardware
        };
    }
};

Demand const provision{.purpose = Purpose::Provision, .suite = 2};
Demand const ready{.purpose = Purpose::Ready};

Answer judged(
    crypto::BoundChannel const& seen, Answering::Made const& made, Demand const& demand = provision
) {
    return accept(seen, made.offer(), demand, Believing{}.appraiser());
}

// The rule that failed, or "accepted".
std::string failed(Answer const& answer) {
    for (auto const& finding : answer.findings())
        if (finding.outcome == Outcome::Failed) return std::string{finding.rule->id};
    return answer.channel() == nullptr ? "nothing failed, and nothing was accepted" : "accepted";
}

struct AttestedChannelTest : ::testing::Test {
    Keep const keep;
    Connection const connection{keep.identity};
    crypto::BoundChannel const seen = connection.seen_by_client(request());
    crypto::BoundChannel const keeps = connection.seen_by_server(request());

    Answer answered(std::function<void(protocol::provision::Binding&)> const& spoil) const {
        return judged(seen, Answering{.keep = keep, .channel = keeps, .spoil = spoil}.make());
    }
};

TEST_F(AttestedChannelTest, is_made_of_an_empty_keep_with_what_a_grant_needs) {
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    auto const answer = judged(seen, made);
    ASSERT_EQ(failed(answer), "accepted");
    auto const& channel = *answer.channel();
    EXPECT_TRUE(base::equal(channel.recipient_key(), keep.recipient.public_key()));
    EXPECT_TRUE(base::equal(channel.identity_key(), keep.identity_key()));
    EXPECT_EQ(channel.report_data().size(), 64U);
    EXPECT_FALSE(channel.hardware());
    EXPECT_FALSE(channel.runs());
    EXPECT_TRUE(answer.failure().empty());
}

TEST_F(AttestedChannelTest, compares_what_no_hardware_measured_with_this_installations_keeps) {
    protocol::evidence::Measurement measured{};
    measured.fill(std::byte{1});
    auto const made = Answering{.keep = keep, .channel = keeps, .measurement = measured}.make();
    Believing const believing;
    auto appraiser = believing.appraiser();
    appraiser.own_measurements = [] { return std::vector<Bytes>{filled(48, 2), filled(48, 1)}; };
    EXPECT_EQ(failed(accept(seen, made.offer(), provision, appraiser)), "accepted");
    appraiser.own_measurements = [] { return std::vector<Bytes>{filled(48, 2)}; };
    EXPECT_EQ(failed(accept(seen, made.offer(), provision, appraiser)), "none.measurement");
}

TEST_F(AttestedChannelTest, measures_no_keep_of_its_own_for_evidence_without_a_measurement) {
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    Believing const believing;
    auto appraiser = believing.appraiser();
    unsigned asked = 0;
    appraiser.own_measurements = [&asked] {
        ++asked;
        return std::vector<Bytes>{filled(48, 1)};
    };
    EXPECT_EQ(failed(accept(seen, made.offer(), provision, appraiser)), "accepted");
    EXPECT_EQ(asked, 0U);
}

TEST_F(AttestedChannelTest, without_hardware_is_made_only_where_that_was_said) {
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    auto const answer = accept(seen, made.offer(), provision, Believing{}.appraiser(false));
    EXPECT_EQ(failed(answer), "none.hardware");
    EXPECT_EQ(answer.failure(), "evidence-refused");
    EXPECT_EQ(answer.channel(), nullptr);
    Believing strict;
    strict.policy = Policy::strict();
    strict.measurements = Measurements::any_of({filled(48, 1)});
    auto const other = accept(seen, made.offer(), provision, strict.appraiser());
    EXPECT_EQ(failed(other), "none.measurement");
    EXPECT_EQ(other.failure(), "evidence-refused");
}

// ---- whoever stands between: two connections, one to each side ----

struct Relay : ::testing::Test {
    Keep const keep;
    Connection const to_keep{keep.identity};
    crypto::BoundChannel const keeps = to_keep.seen_by_server(request());
    // The Keep is genuine, empty, and answers the tenant's own nonce.
    Answering::Made const genuine = Answering{.keep = keep, .channel = keeps}.make();
};

TEST_F(Relay, with_a_key_of_his_own_is_refused) {
    Connection const to_tenant{crypto::testing::credential({"between"})};
    auto const answer = judged(to_tenant.seen_by_client(request()), genuine);
    EXPECT_EQ(failed(answer), "authenticator.certificate");
    EXPECT_EQ(answer.failure(), "channel-unbound");
}

TEST_F(Relay, that_signs_with_his_own_key_is_refused_by_the_key_in_the_evidence) {
    Keep const between;
    Connection const to_tenant{between.identity};
    auto const seen = to_tenant.seen_by_client(request());
    // His certificate and signature on the tenant's connection, around the Keep's evidence.
    auto const shown = authenticator::verify(
        to_keep.seen_by_client(request()).secrets(), request(), genuine.authenticator, {}
    );
    Answering::Made const forged{
        .authenticator = *authenticator::make(
            to_tenant.seen_by_server(request()).secrets(),
            request(),
            between.identity,
            shown->attestation
        ),
        .binding = genuine.binding
    };
    EXPECT_EQ(failed(judged(seen, forged)), "binding.key");
}

// He has the Keep's own key and signs everything on the tenant's connection with it.
struct RelayWithTheKey : Relay {
    Connection const to_tenant{keep.identity};

    Answering::Made forged(crypto::BoundChannel const& tenants, Answering::Made const& of) const {
        auto const shown = authenticator::verify(
            to_keep.seen_by_client(request()).secrets(), request(), of.authenticator, {}
        );
        return {
            .authenticator = *authenticator::make(
                tenants.secrets(), request(), keep.identity, shown->attestation
            ),
            .binding = of.binding
        };
    }
};

TEST_F(RelayWithTheKey, that_passes_the_answer_on_is_refused_by_the_signature) {
    auto const answer = judged(to_tenant.seen_by_client(request()), genuine);
    EXPECT_EQ(failed(answer), "authenticator.verify");
}

TEST_F(RelayWithTheKey, that_signs_anew_is_refused_by_the_connection_in_the_evidence) {
    auto const tenants = to_tenant.seen_by_client(request());
    auto const answer = judged(tenants, forged(tenants, genuine));
    EXPECT_EQ(failed(answer), "binding.channel");
    EXPECT_EQ(answer.failure(), "channel-unbound");
}

TEST_F(RelayWithTheKey, would_be_believed_if_evidence_bound_the_nonce_and_the_key_alone) {
    auto const weak = [](crypto::BoundChannel const& channel) {
        return crypto::BoundChannelForTests::bound_to_the_nonce_only(channel);
    };
    auto const weak_keeps = weak(keeps);
    auto const made = Answering{.keep = keep, .channel = weak_keeps}.make();
    auto const tenants = weak(to_tenant.seen_by_client(request()));
    EXPECT_EQ(failed(judged(tenants, forged(tenants, made))), "accepted");
}

// ---- replay and reflection ----

TEST_F(AttestedChannelTest, refuses_the_answer_to_an_earlier_request) {
    auto const earlier = connection.seen_by_server(request(1));
    auto const made = Answering{.keep = keep, .channel = earlier}.make();
    EXPECT_EQ(failed(judged(seen, made)), "authenticator.context");
}

TEST_F(AttestedChannelTest, refuses_evidence_of_an_earlier_connection_of_the_same_keep) {
    Connection const earlier{keep.identity};
    auto const old = earlier.seen_by_server(request());
    auto const made = Answering{.keep = keep, .channel = old}.make();
    EXPECT_EQ(failed(judged(seen, made)), "authenticator.verify");
}

TEST_F(AttestedChannelTest, refuses_evidence_of_a_client_shown_by_a_server) {
    auto const answer =
        answered([](auto& binding) { binding.end = protocol::provision::End::Client; });
    EXPECT_EQ(failed(answer), "binding.role");
}

TEST_F(AttestedChannelTest, refuses_a_connection_that_was_resumed_or_is_older_than_tls_1_3) {
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    EXPECT_EQ(
        failed(judged(crypto::BoundChannelForTests::resumed(seen), made)), "channel.no-resumption"
    );
    EXPECT_EQ(failed(judged(crypto::BoundChannelForTests::older(seen), made)), "channel.tls-1-3");
}

// ---- the binding, field by field ----

TEST_F(AttestedChannelTest, names_the_field_of_the_binding_that_is_not_of_this_connection) {
    Bytes const other_key = Keep{}.identity_key();
    Bytes const digest = filled(32, 9);
    auto const with = [&](auto const& change) { return failed(answered(change)); };
    EXPECT_EQ(with([](auto& it) { it.suite = 1; }), "binding.suite");
    EXPECT_EQ(with([&](auto& it) { it.identity_key = other_key; }), "binding.key");
    EXPECT_EQ(with([&](auto& it) { it.binder = digest; }), "binding.channel");
    EXPECT_EQ(with([&](auto& it) { it.peer = digest; }), "binding.peer");
    EXPECT_EQ(with([&](auto& it) { it.recipient_key = {}; }), "binding.form");
    EXPECT_EQ(with([](auto& it) { it.orders = {}; }), "binding.form");
    EXPECT_EQ(with([](auto& it) { it.instance = {}; }), "binding.form");
}

TEST_F(AttestedChannelTest, refuses_a_binding_other_than_the_one_in_the_evidence) {
    auto made = Answering{.keep = keep, .channel = keeps}.make();
    for (std::size_t at = 0; at < made.binding.size(); ++at) {
        auto changed = made;
        changed.binding[at] ^= std::byte{1};
        auto const answer = judged(seen, changed);
        EXPECT_EQ(answer.channel(), nullptr) << at;
        EXPECT_NE(answer.verdict(), Verdict::Accepted) << at;
    }
    // A recipient key of somebody who hopes to read the grant.
    auto const binding = protocol::provision::decode_binding(made.binding);
    auto changed = *binding;
    Bytes const own = bytes(crypto::hpke::Key::generate(crypto::hpke::Suite::XWing)->public_key());
    changed.recipient_key = own;
    made.binding = protocol::provision::encode(changed);
    auto const answer = judged(seen, made);
    EXPECT_EQ(failed(answer), "none.report-data");
    EXPECT_EQ(answer.failure(), "evidence-refused");
}

TEST_F(AttestedChannelTest, wants_the_keep_to_have_seen_the_key_of_whoever_judges) {
    auto const own = crypto::testing::credential({"service"}).public_key();
    auto const digest = crypto::sha256(own);
    auto demand = provision;
    demand.own_key = own;
    auto const named = Answering{.keep = keep, .channel = keeps, .peer = digest}.make();
    EXPECT_EQ(failed(judged(seen, named, demand)), "accepted");
    EXPECT_EQ(failed(judged(seen, named)), "binding.peer");
    auto const unnamed = Answering{.keep = keep, .channel = keeps}.make();
    EXPECT_EQ(failed(judged(seen, unnamed, demand)), "binding.peer");
    auto const other = crypto::sha256(filled(91, 1));
    auto const evil = Answering{.keep = keep, .channel = keeps, .peer = other}.make();
    EXPECT_EQ(failed(judged(seen, evil, demand)), "binding.peer");
}

// ---- states ----

TEST_F(AttestedChannelTest, tells_what_a_keep_runs_and_takes_it_for_no_empty_one) {
    auto const workload = filled(32, 1);
    auto const configuration = filled(32, 2);
    auto const tenant = filled(32, 3);
    auto const package = filled(32, 4);
    Loaded const loaded{
        .workload = workload,
        .configuration = configuration,
        .tenant = tenant,
        .package = package,
        .deployment = "shop/api",
        .serial = 14
    };
    auto const made = Answering{.keep = keep, .channel = keeps, .loaded = loaded}.make();
    auto const answer = judged(seen, made, ready);
    ASSERT_EQ(failed(answer), "accepted");
    auto const& runs = answer.channel()->runs();
    ASSERT_TRUE(runs);
    EXPECT_EQ(runs->workload, workload);
    EXPECT_EQ(runs->configuration, configuration);
    EXPECT_EQ(runs->tenant, tenant);
    EXPECT_EQ(runs->package, package);
    EXPECT_EQ(runs->deployment, "shop/api");
    EXPECT_EQ(runs->serial, 14U);
    EXPECT_TRUE(answer.channel()->recipient_key().empty());

    auto const granted = judged(seen, made);
    EXPECT_EQ(failed(granted), "binding.purpose");
    EXPECT_EQ(granted.failure(), "keep-not-empty");
    auto const empty = Answering{.keep = keep, .channel = keeps}.make();
    EXPECT_EQ(failed(judged(seen, empty, ready)), "binding.purpose");
}

TEST_F(AttestedChannelTest, takes_no_evidence_of_one_purpose_for_another) {
    // Evidence that the Keep made while it was empty, with a binding that says more.
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    auto const digest = filled(32, 1);
    auto binding = *protocol::provision::decode_binding(made.binding);
    binding.recipient_key = {};
    binding.loaded = Loaded{
        .workload = digest,
        .configuration = digest,
        .tenant = digest,
        .package = digest,
        .deployment = "shop/api",
        .serial = 1
    };
    Answering::Made const forged{
        .authenticator = made.authenticator, .binding = protocol::provision::encode(binding)
    };
    EXPECT_EQ(failed(judged(seen, forged, ready)), "none.report-data");
}

TEST_F(AttestedChannelTest, refuses_evidence_of_an_application_whatever_it_bound) {
    // The application asks for evidence with the digest of a binding of its own as user data.
    auto const made = Answering{.keep = keep, .channel = keeps}.make();
    auto const wanted =
        crypto::sha512(protocol::provision::report_data_input(Purpose::Provision, made.binding));
    protocol::evidence::Application const application{
        .workload = {}, .configuration = {}, .user_data = *protocol::evidence::UserData::of(wanted)
    };
    auto const evidence = protocol::evidence::encode(
        protocol::evidence::NoHardware{
            .application = application,
            .measurement = {},
            .report_data = crypto::sha512(protocol::evidence::ReportDataInput{application}.view())
        }
    );
    Answering::Made const forged{
        .authenticator = *authenticator::make(
            keeps.secrets(),
            keeps.request(),
            keep.identity,
            protocol::provision::wrapped_evidence(evidence.view())
        ),
        .binding = made.binding
    };
    EXPECT_EQ(failed(judged(seen, forged)), "none.report-data");
}

TEST_F(AttestedChannelTest, refuses_an_answer_without_evidence) {
    for (auto const& content :
         {Bytes{}, filled(100, 0), protocol::provision::wrapped_evidence({})}) {
        auto const binding = Answering{.keep = keep, .channel = keeps}.make().binding;
        Answering::Made const made{
            .authenticator =
                *authenticator::make(keeps.secrets(), keeps.request(), keep.identity, content),
            .binding = binding
        };
        EXPECT_EQ(failed(judged(seen, made)), "authenticator.form");
    }
    auto const binding = Answering{.keep = keep, .channel = keeps}.make().binding;
    Answering::Made const nonsense{
        .authenticator = *authenticator::make(
            keeps.secrets(),
            keeps.request(),
            keep.identity,
            protocol::provision::wrapped_evidence(filled(100, 1))
        ),
        .binding = binding
    };
    auto const answer = judged(seen, nonsense);
    EXPECT_EQ(answer.failure(), "evidence-refused");
    EXPECT_EQ(answer.channel(), nullptr);
}

} // namespace
} // namespace attest::provision
