// Two Keeps that a service has certified talk to each other, and to nobody else.

#include "crypto/authority_for_tests.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/preopened.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

using crypto::testing::TestAuthority;
using Names = std::vector<std::string>;

constexpr auto api = "spiffe://steward.example/shop/api";
constexpr auto db = "spiffe://steward.example/shop/db";

package::Tls of_keep(Names const& peers) {
    package::Tls out;
    out.authorities_of_deployment = true;
    out.certified = true;
    out.peers = peers;
    return out;
}

// Who a Keep is after its service has certified it.
Identity certified(
    TestAuthority const& authority, std::shared_ptr<LiveCredential> live, Names const& trusted = {}
) {
    Identity out;
    out.show(std::move(live));
    out.trust(trusted.empty() ? authority.pem() : trusted);
    return out;
}

std::shared_ptr<LiveCredential> credential(TestAuthority const& authority, std::string const& uri) {
    return std::make_shared<LiveCredential>(authority.issue({uri}));
}

// The Keep with the database, for api alone: it greets whom it lets in.
struct Database {
    explicit Database(TestAuthority const& authority) : live{credential(authority, db)} {
        auto tls = of_keep({api});
        tls.client_certificate = true;
        listener = *make_listener(
            {"clients", package::Protocol::Tls, "127.0.0.1", port, tls},
            certified(authority, live),
            {},
            std::make_shared<ClosingList>()
        );
        thread = std::jthread{[this](std::stop_token const& stop) {
            while (!stop.stop_requested()) {
                if (auto const came = listener->accept(true)) (void)send_text(**came, "hello");
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        }};
    }
    // The greeting, the failure's name, or the error of who reads.
    std::string greets(Identity const& identity, package::Tls const& tls = of_keep({db})) const {
        auto const made = make_connection(
            {"db", package::Protocol::Tls, "127.0.0.1", port, tls},
            identity,
            std::make_shared<ClosingList>()
        );
        if (!made) return std::string{made.error().name};
        return receive_text(**made, 5, {.wait_all = true});
    }

    std::uint16_t port = listen_at_free_port().port;
    std::shared_ptr<LiveCredential> live;
    std::unique_ptr<Listener> listener;
    std::jthread thread;
};

std::string const reset = error_text(base::Errno::ConnReset);

TEST(Peers, AreKeepsOfTheNamesThatEachSideWants) {
    TestAuthority const authority;
    Database const database{authority};
    EXPECT_EQ(database.greets(certified(authority, credential(authority, api))), "hello");
    auto const all = of_keep({"spiffe://steward.example/shop/"});
    EXPECT_EQ(database.greets(certified(authority, credential(authority, api)), all), "hello");
}

TEST(Peers, AreNotKeepsOfAnotherNameOrServiceNorThoseThatNobodyHasCertified) {
    TestAuthority const authority;
    TestAuthority const another;
    Database const database{authority};
    EXPECT_EQ(database.greets(certified(authority, credential(authority, db))), reset);
    EXPECT_EQ(
        database.greets(certified(another, credential(another, api), authority.pem())), reset
    );
    Identity uncertified;
    uncertified.trust(authority.pem());
    auto tls = of_keep({db});
    tls.certified = false; // shows what it has signed itself
    EXPECT_EQ(database.greets(uncertified, tls), reset);
    EXPECT_EQ(database.greets(certified(authority, credential(authority, api))), "hello");
}

TEST(Peers, AreNotBelievedByAKeepThatWantsAnotherOrWhoseServiceIsAnother) {
    TestAuthority const authority;
    TestAuthority const another;
    Database const database{authority};
    auto const identity = certified(authority, credential(authority, api));
    EXPECT_EQ(database.greets(identity, of_keep({api})), "tls-name-mismatch");
    EXPECT_EQ(database.greets(identity, of_keep({})), "tls-name-mismatch"); // the host's
    auto const with_a_name = [] {
        auto out = of_keep({db});
        out.server_name = "db.example";
        return out;
    }();
    EXPECT_EQ(database.greets(identity, with_a_name), "tls-name-mismatch");
    EXPECT_EQ(
        database.greets(certified(authority, credential(authority, api), another.pem())),
        "tls-certificate-untrusted"
    );
}

TEST(
    Peers, ThatNoHardwareProtectsAreRefusedByAKeepWhoseTenantDemandsItUnlessTheEntrySaysOtherwise
) {
    TestAuthority const authority;
    Database const database{authority};
    auto identity = certified(authority, credential(authority, api));
    database.live->replace(authority.issue({db}, {}, "NO HARDWARE PROTECTION"));
    EXPECT_EQ(database.greets(identity), "hello");
    auto refuses = of_keep({db});
    refuses.peers_without_hardware = false;
    EXPECT_EQ(database.greets(identity, refuses), "tls-peer-unprotected");
    identity.demand_hardware();
    EXPECT_EQ(database.greets(identity), "tls-peer-unprotected");
    auto admits = of_keep({db});
    admits.peers_without_hardware = true;
    EXPECT_EQ(database.greets(identity, admits), "hello");
    database.live->replace(authority.issue({db}));
    EXPECT_EQ(database.greets(identity), "hello");
}

TEST(Peers, AreAskedForAlsoAfterTheKeepsCertificateWasRenewed) {
    TestAuthority const authority;
    Database const database{authority};
    auto const mine = credential(authority, api);
    auto const identity = certified(authority, mine);
    for (int round = 0; round < 3; ++round) {
        database.live->replace(authority.issue({db}));
        mine->replace(authority.issue({api}));
        EXPECT_EQ(database.greets(identity), "hello");
        EXPECT_EQ(database.greets(certified(authority, credential(authority, db))), reset);
    }
    database.live->replace(authority.issue({api}));
    EXPECT_EQ(database.greets(identity), "tls-name-mismatch"); // the new one is what it shows
    mine->replace(authority.issue({db}));
    EXPECT_EQ(database.greets(identity, of_keep({api})), reset);
}

TEST(Peers, NeedAServiceThatHasCertifiedTheKeepAndADeploymentThatBroughtAuthorities) {
    TestAuthority const authority;
    Database const database{authority};
    EXPECT_EQ(database.greets(Identity{}), "tls-not-certified");
    Identity alone;
    alone.show(credential(authority, api));
    EXPECT_EQ(database.greets(alone), "tls-authorities-missing");
    auto const listens = [](Identity const& identity) {
        auto tls = of_keep({api});
        tls.client_certificate = true;
        auto const made = make_listener(
            {"clients", package::Protocol::Tls, "127.0.0.1", 0, tls},
            identity,
            {},
            std::make_shared<ClosingList>()
        );
        return made ? "listens" : std::string{made.error().name};
    };
    EXPECT_EQ(listens(Identity{}), "tls-not-certified");
    EXPECT_EQ(listens(alone), "tls-authorities-missing");
}

} // namespace
} // namespace exec::net
