#include "attest/provision/keep_for_tests.hpp"
#include "attest/provision/tenant.hpp"
#include "crypto/cose_sign1.hpp"

#include <gtest/gtest.h>

// A tenant and the double of a Keep, message by message.

namespace attest::provision {
namespace {

namespace wire = protocol::provision;
using testing::Bytes;
using wire::FrameType;

struct Handed {
    crypto::P256SigningKey grantor = *crypto::P256SigningKey::generate();
    Bytes workload = testing::filled(32, 1);
    Bytes configuration = testing::filled(32, 2);
    Bytes tenant = testing::filled(32, 3);
    Bytes package = testing::filled(32, 4);
    Bytes deployment = testing::filled(40, 9);

    Handover handover(bool hardware_required = false) const {
        return {
            .grant = {.deployment = deployment, .package_key = {}, .secrets = {}, .time = 1},
            .grantor = grantor,
            .runs =
                {.workload = workload,
                 .configuration = configuration,
                 .tenant = tenant,
                 .package = package,
                 .deployment = "shop/api",
                 .serial = 14},
            .hardware_required = hardware_required
        };
    }
    wire::Loaded loaded() const {
        return {
            .workload = workload,
            .configuration = configuration,
            .tenant = tenant,
            .package = package,
            .deployment = "shop/api",
            .serial = 14
        };
    }
};

// Accepts what it is told to: with hardware or without.
struct Judge {
    bool allow_no_hardware = true;
    Endorsements endorsements;
    Roots roots = Roots::builtin();
    Policy policy = Policy::strict();
    Measurements measurements = Measurements::unbound();

    Judging judging() const {
        return [this](
                   crypto::BoundChannel const& channel,
                   Offer const& offer,
                   Demand const& demand,
                   std::span<base::View const> /*hints*/
               ) {
            return accept(
                channel,
                offer,
                demand,
                {.endorsements = endorsements,
                 .roots = roots,
                 .policy = policy,
                 .measurements = measurements,
                 .at = crypto::testing::now(),
                 .allow_no_hardware = allow_no_hardware}
            );
        };
    }
};

struct TenantTest : ::testing::Test {
    testing::Keep keep;
    Handed handed;
    Judge judge;
    crypto::TlsContext server{*crypto::TlsContext::server(
        keep.identity, {.authorities = {}, .any_client_certificate = true, .alpn = {}}
    )};
    crypto::TlsContext client{*crypto::TlsContext::client(
        *crypto::TlsCredential::self_signed(
            crypto::TlsKey::of(handed.grantor), std::vector<std::string>{}, crypto::testing::now()
        ),
        {.authorities = {}, .alpn = {}, .any_certificate = true}
    )};
    crypto::testing::TlsPair ends{.client = *client.connect("keep"), .server = *server.accept()};
    std::optional<Tenant> tenant;
    Bytes request; // the last one that the tenant has sent

    void begin(std::optional<Before> before = {}, bool hardware_required = false) {
        ends = {.client = *client.connect("keep"), .server = *server.accept()};
        ASSERT_TRUE(ends.handshake());
        tenant.emplace(
            handed.handover(hardware_required),
            Nonces{.first = {std::byte{1}}, .second = {std::byte{2}}},
            judge.judging(),
            std::move(before)
        );
        heard(tenant->begin());
    }
    void heard(std::vector<Message> const& said) {
        for (auto const& message : said)
            if (message.type == FrameType::Request)
                request = testing::bytes(*wire::decode_bytes(message.body, 4096));
    }
    Step take(FrameType type, base::View body) {
        auto step = tenant->take({.type = type, .body = body}, ends.client);
        heard(step.say);
        return step;
    }
    Step status(wire::State state, std::string_view failure = {}) {
        return take(
            FrameType::Status,
            wire::encode(wire::Status{.state = state, .exit = {}, .failure = failure})
        );
    }
    Step stream(std::uint8_t number, std::string_view text) {
        return take(
            FrameType::Stream,
            wire::encode(wire::Stream{.number = number, .bytes = base::view_of(text)})
        );
    }
    // What a Keep says that was running before this connection.
    Step resume(unsigned output, unsigned input) {
        Bytes numbers;
        for (auto const number : {output, input})
            for (unsigned i = 0; i < 8; ++i)
                numbers.push_back(std::byte(std::uint64_t{number} >> 8 * (7 - i)));
        return take(
            FrameType::Command,
            wire::encode(wire::Command{.code = wire::CommandCode::Attach, .bytes = numbers})
        );
    }
    // The Keep's answer to the last request.
    Step answer(
        testing::Keep const& of, std::optional<wire::Loaded> loaded = {}, base::View asked = {}
    ) {
        auto const channel = *crypto::BoundChannel::of(
            ends.server, crypto::authenticator::End::Server, asked.empty() ? request : asked
        );
        auto const peer = crypto::sha256(handed.grantor.public_key());
        auto const made =
            testing::Answering{.keep = of, .channel = channel, .peer = peer, .loaded = loaded}
                .make();
        auto const first = take(FrameType::Authenticator, wire::encode_bytes(made.authenticator));
        EXPECT_TRUE(std::holds_alternative<std::monostate>(first.event));
        return take(FrameType::Binding, wire::encode(wire::BindingBody{made.binding, {}}));
    }
    void until_loading() {
        begin();
        ASSERT_TRUE(std::holds_alternative<Attested>(answer(keep).event));
        ASSERT_TRUE(std::holds_alternative<Granted>(status(wire::State::Granted).event));
    }
    void until_running() {
        until_loading();
        (void)status(wire::State::Ready);
        ASSERT_TRUE(std::holds_alternative<Ready>(answer(keep, handed.loaded()).event));
        ASSERT_TRUE(std::holds_alternative<Running>(status(wire::State::Running).event));
    }
};

bool says(Step const& step, FrameType type) {
    return std::ranges::find(step.say, type, &Message::type) != step.say.end();
}
std::string_view failure_of(Step const& step) {
    auto const* const failed = std::get_if<Failed>(&step.event);
    return failed == nullptr ? std::string_view{} : failed->name;
}

TEST_F(TenantTest, goes_from_the_first_message_to_the_end) {
    begin();
    auto const attested = answer(keep);
    ASSERT_TRUE(std::holds_alternative<Attested>(attested.event));
    EXPECT_TRUE(says(attested, FrameType::Grant));
    EXPECT_TRUE(std::holds_alternative<Granted>(status(wire::State::Granted).event));
    auto const digest = testing::filled(32, 7);
    auto const want =
        take(FrameType::Want, wire::encode(wire::Want{.digest = digest, .offset = 5}));
    ASSERT_TRUE(std::holds_alternative<Wanted>(want.event));
    EXPECT_EQ(std::get<Wanted>(want.event).offset, 5U);
    EXPECT_TRUE(says(status(wire::State::Ready), FrameType::Request));
    auto const ready = answer(keep, handed.loaded());
    ASSERT_TRUE(std::holds_alternative<Ready>(ready.event));
    EXPECT_TRUE(says(ready, FrameType::Start));
    EXPECT_FALSE(tenant->running());
    EXPECT_TRUE(std::holds_alternative<Running>(status(wire::State::Running).event));
    EXPECT_TRUE(tenant->running());
    auto const written = stream(1, "out");
    ASSERT_TRUE(std::holds_alternative<Written>(written.event));
    (void)stream(2, "error");
    EXPECT_EQ(tenant->received(), 8U);
    auto const end = status(wire::State::Ended, "trap");
    ASSERT_TRUE(std::holds_alternative<Ended>(end.event));
    EXPECT_EQ(std::get<Ended>(end.event).failure, "trap");
}

TEST_F(TenantTest, grants_nothing_without_hardware_unless_it_is_allowed) {
    judge.allow_no_hardware = false;
    begin();
    auto const step = answer(keep);
    EXPECT_EQ(failure_of(step), "evidence-refused");
    EXPECT_FALSE(says(step, FrameType::Grant));
    EXPECT_TRUE(says(step, FrameType::Refuse));
    EXPECT_EQ(tenant->trust(), wire::Trust::None);
}

TEST_F(TenantTest, grants_nothing_without_hardware_where_the_deployment_demands_it) {
    begin({}, true);
    auto const step = answer(keep);
    EXPECT_EQ(failure_of(step), "evidence-refused");
    EXPECT_FALSE(says(step, FrameType::Grant));
}

TEST_F(TenantTest, grants_nothing_for_an_answer_to_another_request) {
    begin();
    auto const step = answer(keep, {}, testing::request(99));
    EXPECT_EQ(failure_of(step), "channel-unbound");
    EXPECT_FALSE(says(step, FrameType::Grant));
}

TEST_F(TenantTest, grants_nothing_to_whom_has_another_key_than_the_connection) {
    begin();
    testing::Keep const other;
    auto const step = answer(other);
    EXPECT_EQ(failure_of(step), "channel-unbound");
    EXPECT_FALSE(says(step, FrameType::Grant));
}

TEST_F(TenantTest, grants_nothing_to_a_keep_that_runs_something) {
    begin();
    auto const step = answer(keep, handed.loaded());
    EXPECT_EQ(failure_of(step), "keep-not-empty");
    EXPECT_FALSE(says(step, FrameType::Grant));
}

TEST_F(TenantTest, starts_nothing_else_than_what_it_granted) {
    Bytes const other = testing::filled(32, 77);
    struct Case {
        void (*spoil)(wire::Loaded&, base::View);
        std::string_view failure;
    };
    for (auto const &each : std::initializer_list<Case>{
             {[](auto& loaded, auto with) { loaded.workload = with; }, "workload-differs"},
             {[](auto& loaded, auto with) { loaded.configuration = with; },
              "configuration-differs"},
             {[](auto& loaded, auto with) { loaded.tenant = with; }, "workload-differs"},
             {[](auto& loaded, auto with) { loaded.package = with; }, "workload-differs"},
             {[](auto& loaded, auto) { loaded.deployment = "shop/other"; }, "workload-differs"},
             {[](auto& loaded, auto) { loaded.serial = 13; }, "workload-differs"},
         }) {
        ends = {.client = *client.connect("keep"), .server = *server.accept()};
        until_loading();
        (void)status(wire::State::Ready);
        auto loaded = handed.loaded();
        each.spoil(loaded, other);
        auto const step = answer(keep, loaded);
        EXPECT_EQ(failure_of(step), each.failure);
        EXPECT_FALSE(says(step, FrameType::Start));
    }
}

TEST_F(TenantTest, starts_nothing_on_evidence_that_the_keep_is_empty) {
    until_loading();
    (void)status(wire::State::Ready);
    auto const step = answer(keep);
    EXPECT_EQ(failure_of(step), "keep-not-empty");
    EXPECT_FALSE(says(step, FrameType::Start));
}

TEST_F(TenantTest, asks_with_another_nonce_for_what_was_loaded) {
    until_loading();
    auto const first = request;
    (void)status(wire::State::Ready);
    EXPECT_NE(request, first);
    EXPECT_EQ(failure_of(answer(keep, handed.loaded(), first)), "channel-unbound");
}

TEST_F(TenantTest, comes_back_to_the_same_keep_alone) {
    begin(Before{.identity_key = keep.identity_key(), .received = 258});
    auto const step = answer(keep, handed.loaded());
    ASSERT_TRUE(std::holds_alternative<Ready>(step.event));
    EXPECT_FALSE(says(step, FrameType::Start));
    ASSERT_TRUE(says(step, FrameType::Command));
    auto const command = wire::decode_command(step.say.front().body);
    EXPECT_EQ(command->code, wire::CommandCode::Attach);
    EXPECT_EQ(command->bytes[6], std::byte{1});
    EXPECT_EQ(command->bytes[7], std::byte{2});
    auto const resumed = resume(512, 7);
    ASSERT_TRUE(std::holds_alternative<Resumed>(resumed.event));
    EXPECT_EQ(std::get<Resumed>(resumed.event).lost, 254U);
    EXPECT_EQ(std::get<Resumed>(resumed.event).input, 7U);
    (void)status(wire::State::Running);
    (void)stream(1, "x");
    EXPECT_EQ(tenant->received(), 513U);
}

TEST_F(TenantTest, cut_off_behind_its_grant_comes_back_to_the_keep_whether_that_has_it_or_not) {
    begin();
    EXPECT_FALSE(tenant->way_back());
    (void)answer(keep);
    auto const back = tenant->way_back();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->told, Before::Told::Grant);
    EXPECT_EQ(back->identity_key, keep.identity_key());
    // It has it, and is loaded.
    begin(back);
    auto const loaded = answer(keep, handed.loaded());
    ASSERT_TRUE(std::holds_alternative<Ready>(loaded.event));
    EXPECT_TRUE(says(loaded, FrameType::Start));
    EXPECT_FALSE(says(loaded, FrameType::Grant));
    // It does not.
    begin(back);
    EXPECT_TRUE(says(answer(keep), FrameType::Grant));
    // It is another one: that it is empty, too, is no reason.
    testing::Keep const other;
    begin(Before{.identity_key = other.identity_key(), .told = Before::Told::Grant});
    auto const step = answer(keep);
    EXPECT_EQ(failure_of(step), "channel-unbound");
    EXPECT_FALSE(says(step, FrameType::Grant));
}

TEST_F(
    TenantTest, cut_off_behind_the_grant_was_taken_starts_what_is_loaded_and_grants_nothing_again
) {
    until_loading();
    auto const back = tenant->way_back();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->told, Before::Told::Start);
    begin(back);
    auto const empty = answer(keep);
    EXPECT_EQ(failure_of(empty), "keep-not-empty");
    EXPECT_FALSE(says(empty, FrameType::Grant));
    begin(back);
    EXPECT_TRUE(says(answer(keep, handed.loaded()), FrameType::Start));
    EXPECT_EQ(tenant->way_back()->told, Before::Told::Start);
    ASSERT_TRUE(std::holds_alternative<Resumed>(resume(0, 0).event)); // it had heard that already
    ASSERT_TRUE(std::holds_alternative<Running>(status(wire::State::Running).event));
    EXPECT_EQ(tenant->way_back()->told, Before::Told::Everything);
}

TEST_F(TenantTest, does_not_come_back_to_another_keep) {
    testing::Keep const other;
    begin(Before{.identity_key = other.identity_key(), .received = 0});
    EXPECT_EQ(failure_of(answer(keep, handed.loaded())), "channel-unbound");
}

TEST_F(TenantTest, takes_no_message_before_or_after_its_time) {
    auto const digest = testing::filled(32, 7);
    auto const want = wire::encode(wire::Want{.digest = digest, .offset = 0});
    begin();
    EXPECT_EQ(failure_of(take(FrameType::Want, want)), "protocol-version");
    begin();
    EXPECT_EQ(failure_of(stream(2, "words of a stranger")), "protocol-version");
    begin();
    EXPECT_EQ(failure_of(status(wire::State::Running)), "protocol-version");
    begin();
    EXPECT_EQ(failure_of(status(wire::State::Granted)), "protocol-version");
    until_running();
    EXPECT_EQ(failure_of(take(FrameType::Want, want)), "protocol-version");
}

TEST_F(TenantTest, names_why_the_keep_refuses) {
    begin();
    auto const step = take(FrameType::Refuse, wire::encode_text("grant-refused"));
    EXPECT_EQ(failure_of(step), "grant-refused");
    EXPECT_TRUE(step.say.empty());
    begin();
    EXPECT_EQ(
        failure_of(take(FrameType::Refuse, wire::encode_text("\x1b[2Jno such name"))),
        "protocol-version"
    );
}

} // namespace
} // namespace attest::provision
