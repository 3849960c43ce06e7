// A Keep that asks a service: what it gets, and what it makes of every other answer.

#include "keep/exec/provision/desk.hpp"
#include "keep/exec/provision/renewal.hpp"
#include "keep/exec/provision/steward_for_tests.hpp"
#include "os/socket.hpp"

#include <gmock/gmock.h>

namespace exec::provision {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Says = TestSteward::Says;

Digest const some{}; // of workload and configuration

TestSteward& named(TestSteward& steward) {
    steward.deployment.package = some;
    steward.deployment.workload = some;
    steward.deployment.configuration = some;
    return steward;
}

// A Keep, and the service that it talks to.
struct Pull {
    Empty empty = *Empty::born(some, {});
    Bytes identity = empty.identity().public_key();
    Steward line;

    explicit Pull(PullOrder order) : line{std::move(order), empty.identity()} {}
    os::OrFailure<Granted> grant() { return pull_grant(line, std::move(empty)); }
    os::OrFailure<Ready> ready() {
        auto granted = TRY(grant());
        return std::move(granted).loaded(some, some);
    }
};

std::string name_of(os::OrFailure<Granted> const& granted) {
    return granted ? "granted" : std::string{granted.error().name};
}

// What a Keep makes of an answer to its first request.
os::Failure answered(std::string const& answer) {
    TestSteward steward{[&](std::string const&) { return Says{answer}; }};
    auto const granted = Pull{named(steward).order()}.grant();
    return granted ? os::Failure{} : granted.error();
}

TEST(Pull, GetsGrantAndCertificateOnOneConnection) {
    TestSteward steward;
    Pull keep{named(steward).order()};
    auto const ready = keep.ready();
    ASSERT_TRUE(ready) << ready.error().text;
    EXPECT_EQ(ready->deployment().name, "shop/api");
    EXPECT_EQ(ready->tenant(), crypto::sha256(steward.tenant.key.public_key()));
    auto const certified = pull_certificate(keep.line, *ready);
    ASSERT_TRUE(certified) << certified.error().text;
    EXPECT_EQ(certified->credential.public_key(), keep.identity);
    EXPECT_NE(certified->credential.leaf_der(), ready->identity().leaf_der());
    EXPECT_GT(certified->not_after, certified->renew_at);
    EXPECT_EQ(steward.connections(), 1U);
    EXPECT_EQ(steward.requests(), 4U);
}

// Its application may poll standard input: that has ended, and says so at once.
TEST(Pull, HasNoInputWhereNobodySitsBeside) {
    TestSteward steward;
    Pull keep{named(steward).order()};
    auto const desk = Desk::open(std::nullopt, *keep.ready(), {});
    ASSERT_TRUE(desk);
    EXPECT_TRUE((*desk)->readable());
    EXPECT_EQ(os::poll_now((*desk)->bell(), POLLIN).value(), POLLIN);
    Bytes room(8);
    EXPECT_EQ((*desk)->read(room, true, false).value(), 0U);
    EXPECT_EQ(os::poll_now((*desk)->bell(), POLLIN).value(), POLLIN);
    (*desk)->end(0, {}); // waits for nobody
}

// A service whose deployment names a log, and what it writes into which.
struct Logging {
    crypto::testing::TestLog named_log;
    TestSteward steward;

    Logging() {
        named(steward).deployment.log = {.origin = named_log.origin(), .key = named_log.key()};
        steward.log = &named_log;
        named_log.add(base::view_of("another line"));
    }
    std::string pulled() {
        auto const granted = Pull{steward.order()}.grant();
        if (granted) return "granted";
        EXPECT_EQ(granted.error().name, "release-unlogged");
        return granted.error().text.substr(0, granted.error().text.find(':'));
    }
};

TEST(PullWithALog, TakesWhatIsInTheLogThatTheDeploymentNames) {
    Logging honest;
    EXPECT_EQ(honest.pulled(), "granted");
    EXPECT_EQ(honest.pulled(), "granted"); // another Keep, another line
}

TEST(PullWithALog, RefusesAServiceThatWritesNothingDown) {
    Logging silent;
    silent.steward.log = nullptr;
    EXPECT_EQ(silent.pulled(), "log.missing");
}

TEST(PullWithALog, RefusesAServiceThatWritesSomethingElseDown) {
    Logging lying;
    Digest const other{std::byte{1}};
    using Spoil = std::function<void(wire::Release&)>;
    for (auto const& spoil : std::vector<Spoil>{
             [](wire::Release& it) { it.time += 1; },
             [](wire::Release& it) { it.deployment = "shop/test"; },
             [](wire::Release& it) { it.serial = 13; },
             [&](wire::Release& it) { it.statement = other; },
             [&](wire::Release& it) { it.keep_id = other; },
             [&](wire::Release& it) { it.authenticator = other; }
         }) {
        lying.steward.spoil_line = spoil;
        EXPECT_EQ(lying.pulled(), "log.line");
    }
    lying.steward.spoil_line = {};
    EXPECT_EQ(lying.pulled(), "granted"); // it was each of these alone
}

TEST(PullWithALog, RefusesALogOfItsServicesOwn) {
    Logging forked;
    crypto::testing::TestLog own;
    forked.steward.log = &own;
    EXPECT_EQ(forked.pulled(), "log.checkpoint");
}

TEST(Pull, TellsNothingToAServerOfAnotherKey) {
    TestSteward steward;
    auto order = named(steward).order();
    order.pin[7] ^= std::byte{1};
    EXPECT_EQ(name_of(Pull{order}.grant()), "steward-untrusted");
    EXPECT_EQ(steward.requests(), 0U);
}

TEST(Pull, NamesAServiceThatIsNotThere) {
    auto const gone = [] {
        TestSteward steward;
        return steward.order();
    }();
    EXPECT_EQ(name_of(Pull{gone}.grant()), "steward-unreachable");
    for (std::string const address : {"http://localhost:1", "localhost", "https://", ""})
        EXPECT_FALSE(pull_order("shop/api", address, {})) << address;
    auto order = gone;
    for (std::string const port : {"0", "65536", "x"}) {
        order.steward.port = port;
        EXPECT_EQ(name_of(Pull{order}.grant()), "steward-unreachable") << port;
    }
}

TEST(Pull, HandsOnADenialWithItsRule) {
    auto const failure = answered(
        TestSteward::problem(
            "403 Forbidden",
            R"({"type":"urn:enarx:failure:release-denied","title":"t","status":403,)"
            R"("detail":"not \u001b[2J yours","rule":"release.deployment"})"
        )
    );
    EXPECT_EQ(failure.name, "release-denied");
    EXPECT_THAT(failure.text, HasSubstr("rule release.deployment: not ?[2J yours"));
    auto const full = answered(
        TestSteward::problem(
            "409 Conflict",
            R"({"type":"urn:enarx:failure:replicas-exhausted","detail":")" +
                std::string(2000, 'x') + "\",\"rule\":\"a b\"}"
        )
    );
    EXPECT_EQ(full.name, "replicas-exhausted");
    EXPECT_LT(full.text.size(), 600U);
    EXPECT_FALSE(full.text.contains("a b"));
}

TEST(Pull, TakesNoAnswerOfAnotherForm) {
    std::string const denied = R"("type":"urn:enarx:failure:release-denied")";
    auto const plain =
        [](std::string const& status, std::string const& headers, std::string const& body) {
            return "HTTP/1.1 " + status + "\r\n" + headers +
                   "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        };
    for (auto const& answer : {
             TestSteward::problem("403 F", "{" + denied + "," + denied + "}"),
             TestSteward::problem("403 F", "{" + denied),
             TestSteward::problem("403 F", "[]"),
             TestSteward::problem("403 F", R"({"type":7})"),
             TestSteward::problem("403 F", R"({"type":"urn:enarx:failure:usage"})"),
             TestSteward::problem("403 F", R"({"type":"about:blank"})"),
             TestSteward::problem(
                 "403 F", "{" + denied + R"(,"x":")" + std::string(17'000, 'x') + "\"}"
             ),
             plain("403 F", "Content-Type: text/html\r\n", "{" + denied + "}"),
             plain("200 OK", "Content-Type: text/html\r\n", "hello"),
             plain("200 OK", "Content-Type: application/cbor\r\n", "hello"),
             plain("302 Found", "Location: https://evil.example/\r\n", ""),
             plain("500 Error", "", ""),
         })
        EXPECT_EQ(answered(answer).name, "steward-answer-invalid") << answer;
    for (auto const& answer : {
             std::string{"SSH-2.0\r\n\r\n"},
             std::string{"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"},
             std::string{},
         })
        EXPECT_EQ(answered(answer).name, "steward-unreachable") << answer;
}

TEST(Pull, WaitsAsLongAsABusyServiceSays) {
    unsigned times = 0;
    TestSteward steward{[&](std::string const&) -> Says {
        if (++times > 2) return {};
        return TestSteward::problem(
            "429 Too Many", R"({"type":"urn:enarx:failure:rate-limited"})", "Retry-After: 1\r\n"
        );
    }};
    auto const begun = Clock::now();
    EXPECT_EQ(name_of(Pull{named(steward).order()}.grant()), "granted");
    EXPECT_GE(Clock::now() - begun, 2s);
}

TEST(Pull, AsksABusyServiceNotForEver) {
    unsigned times = 0;
    TestSteward steward{[&](std::string const&) -> Says {
        ++times;
        return TestSteward::problem("503 S", R"({"type":"urn:enarx:failure:service-busy"})");
    }};
    EXPECT_EQ(name_of(Pull{named(steward).order()}.grant()), "service-busy");
    EXPECT_EQ(times, most_tries);
}

TEST(Pull, GoesOnOverANewConnectionWhereTheServiceHasEndedTheFirst) {
    unsigned challenges = 0;
    TestSteward steward{[&](std::string const& path) -> Says {
        if (path == "/v1/attest/challenge" && ++challenges == 2) return "";
        return {};
    }};
    Pull keep{named(steward).order()};
    auto const ready = keep.ready();
    ASSERT_TRUE(ready);
    EXPECT_TRUE(pull_certificate(keep.line, *ready));
    EXPECT_EQ(steward.connections(), 2U);
}

TEST(Pull, TakesNoCertificateOfAnotherKey) {
    TestSteward steward;
    steward.key_of_another = crypto::P256SigningKey::generate()->public_key();
    Pull keep{named(steward).order()};
    auto const ready = keep.ready();
    auto const certified = pull_certificate(keep.line, *ready);
    ASSERT_FALSE(certified);
    EXPECT_EQ(certified.error().name, "steward-answer-invalid");
}

// What comes of renewals that begin at once.
struct Renewing {
    std::shared_ptr<net::LiveCredential> shown;
    std::vector<std::string> told;

    explicit Renewing(
        TestSteward& steward,
        std::chrono::seconds expires_in,
        std::chrono::seconds renew_in = 0s,
        Clocks const& clocks = {}
    ) {
        // The connection of the first certificate is over by then.
        auto const ready = [&] {
            Pull keep{named(steward).order()};
            return std::make_shared<Ready const>(*keep.ready());
        }();
        shown = std::make_shared<net::LiveCredential>(ready->identity().share());
        auto const now = crypto::testing::now();
        renew(
            {.order = steward.order(),
             .ready = ready,
             .shown = shown,
             .tell = [this](std::string const& text) { told.push_back(text); }},
            {.at = now, .renew_at = now + renew_in, .not_after = now + expires_in},
            {.least = 10ms, .longest = 100ms, .look = 20ms},
            std::stop_token{},
            clocks
        );
    }
};

TEST(Renewal, ShowsWhatIsNewUntilTheServiceRefuses) {
    unsigned renewals = 0;
    TestSteward steward{[&](std::string const& path) -> Says {
        if (path != "/v1/renew" || ++renewals < 3) return {};
        return TestSteward::problem(
            "403 F", R"({"type":"urn:enarx:failure:release-denied","rule":"release.granted"})"
        );
    }};
    steward.renew_after = 0s;
    Renewing const done{steward, 3600s};
    EXPECT_EQ(renewals, 3U);
    std::uint64_t number = 0;
    EXPECT_TRUE(done.shown->other_than(number));
    EXPECT_EQ(number, 2U);
    ASSERT_EQ(done.told.size(), 1U);
    EXPECT_THAT(done.told[0], HasSubstr("not renewed any more"));
    EXPECT_THAT(done.told[0], HasSubstr("rule release.granted"));
    EXPECT_EQ(steward.connections(), 4U); // each on its own
}

TEST(Renewal, TriesUntilTheCertificateHasExpired) {
    unsigned tries = 0;
    TestSteward steward{[&](std::string const& path) -> Says {
        if (path != "/v1/renew") return {};
        ++tries;
        return "";
    }};
    Renewing const done{steward, 2s};
    EXPECT_GT(tries, 5U);
    ASSERT_EQ(done.told.size(), 2U);
    EXPECT_THAT(done.told[0], HasSubstr("not renewed yet"));
    EXPECT_THAT(done.told[1], HasSubstr("has expired"));
}

// Refuses the first renewal: how long it took to come there.
std::chrono::milliseconds asked_after(Clocks const& clocks, std::chrono::seconds renew_in) {
    TestSteward steward{[&](std::string const& path) -> Says {
        if (path != "/v1/renew") return {};
        return TestSteward::problem("403 F", R"({"type":"urn:enarx:failure:release-denied"})");
    }};
    auto const begun = std::chrono::steady_clock::now();
    Renewing const done{steward, 3600s, renew_in, clocks};
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
}

TEST(Renewal, ComesInTimeThoughTheHostSetsItsClockBackOrAsksLater) {
    using Wall = std::chrono::system_clock;
    auto const begun = Wall::now();
    auto const back = [begun] { return Wall::now() - begun > 300ms ? begun - 24h : Wall::now(); };
    auto const stands = [begun] { return begun; };
    auto const wrong = [] { return Wall::now() + 1000h; }; // all the time
    for (auto const& wall : {std::function<Wall::time_point()>{back}, {stands}, {wrong}}) {
        auto const took = asked_after({.wall = wall}, 1s);
        EXPECT_GE(took, 900ms);
        EXPECT_LT(took, 20s);
    }
}

TEST(Renewal, ComesOnceWhereTheClockJumpsAheadAsAfterTheSleepOfTheMachine) {
    using Wall = std::chrono::system_clock;
    auto const begun = Wall::now();
    auto const ahead = [begun] { return Wall::now() + (Wall::now() - begun > 1s ? 24h : 0h); };
    EXPECT_LT(asked_after({.wall = ahead}, 3000s), 20s);
    unsigned renewals = 0;
    TestSteward steward{[&](std::string const& path) -> Says {
        if (path != "/v1/renew" || ++renewals == 1) return {};
        return TestSteward::problem("403 F", R"({"type":"urn:enarx:failure:release-denied"})");
    }};
    steward.renew_after = 3s; // of the next certificate
    auto const jump = Wall::now();
    auto const once = [jump] { return Wall::now() + (Wall::now() - jump > 500ms ? 24h : 0h); };
    auto const started = std::chrono::steady_clock::now();
    Renewing const done{steward, 3600s, 3000s, {.wall = once}};
    EXPECT_EQ(renewals, 2U);
    EXPECT_GE(std::chrono::steady_clock::now() - started, 2s) << "the second came by the jump, too";
}

} // namespace
} // namespace exec::provision
