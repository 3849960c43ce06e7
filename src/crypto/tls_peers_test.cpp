#include "crypto/authority_for_tests.hpp"
#include "crypto/tls_context.hpp"
#include "crypto/tls_peers.hpp"

#include <gtest/gtest.h>

namespace crypto {
namespace {

using namespace testing;
using Kind = TlsError::Kind;
using Names = std::vector<std::string>;

constexpr auto api = "spiffe://steward.example/shop/api";
constexpr auto db = "spiffe://steward.example/shop/db";

// The server's error, or that of the client, or nothing.
std::optional<Kind> met(TlsContext const& client, TlsContext const& server) {
    TlsPair pair{.client = *client.connect("db.internal"), .server = *server.accept()};
    auto const done = pair.handshake();
    if (done) return {};
    return done.error().kind;
}

TlsContext
client_of(TestAuthority const& authority, TlsCredential const& shown, Names const& peers) {
    return *TlsContext::client(
        shown, {.authorities = authority.pem(), .alpn = {}, .peers = peers, .peers_alone = true}
    );
}

TlsContext
server_of(TestAuthority const& authority, TlsCredential const& shown, Names const& peers) {
    return *TlsContext::server(
        shown,
        {.authorities = authority.pem(), .client_certificate = true, .peers = peers, .alpn = {}}
    );
}

TEST(TlsPeers, two_keeps_are_certain_of_each_other) {
    TestAuthority const authority;
    auto const client = client_of(authority, authority.issue({api}), {db});
    auto const server = server_of(authority, authority.issue({db}), {api});
    EXPECT_EQ(met(client, server), std::nullopt);
}

TEST(TlsPeers, a_client_of_another_name_of_none_of_two_or_of_another_authority_is_refused) {
    TestAuthority const authority;
    TestAuthority const other;
    auto const server = server_of(authority, authority.issue({db}), {api});
    for (auto const& uris :
         {Names{db}, Names{}, Names{api, db}, Names{db, api}, Names{std::string{api} + "2"}})
        EXPECT_EQ(met(client_of(authority, authority.issue(uris), {db}), server), Kind::WrongName);
    EXPECT_EQ(met(client_of(authority, other.issue({api}), {db}), server), Kind::Untrusted);
    EXPECT_EQ(
        met(client_of(authority, authority.issue({}, {"steward.example"}), {db}), server),
        Kind::WrongName
    );
}

TEST(TlsPeers, that_no_hardware_protects_are_refused_where_that_is_demanded) {
    TestAuthority const authority;
    Names const apis{api};
    Names const dbs{db};
    for (auto const unprotected : {Unprotected::Refused, Unprotected::Admitted})
        for (std::string const unit : {"", "NO HARDWARE PROTECTION", "Keeps"}) {
            auto const expected = unprotected == Unprotected::Refused && unit.starts_with("NO")
                                      ? std::optional{Kind::Unprotected}
                                      : std::nullopt;
            auto const asks = [&](Names const& peers) {
                return TlsClientSettings{
                    .authorities = authority.pem(),
                    .alpn = {},
                    .peers = peers,
                    .unprotected = unprotected,
                    .peers_alone = true
                };
            };
            auto const unprotected_server =
                server_of(authority, authority.issue({db}, {}, unit), {api});
            EXPECT_EQ(
                met(*TlsContext::client(authority.issue({api}), asks(dbs)), unprotected_server),
                expected
            );
            auto const server = *TlsContext::server(
                authority.issue({db}),
                {.authorities = authority.pem(),
                 .client_certificate = true,
                 .peers = apis,
                 .unprotected = unprotected,
                 .alpn = {}}
            );
            EXPECT_EQ(
                met(client_of(authority, authority.issue({api}, {}, unit), {db}), server), expected
            );
        }
}

TEST(TlsPeers, a_server_of_another_name_is_refused_by_its_client_whatever_names_of_hosts_it_has) {
    TestAuthority const authority;
    auto const server = server_of(authority, authority.issue({db}, {"db.internal"}), {api});
    auto const client =
        client_of(authority, authority.issue({api}), {"spiffe://steward.example/x"});
    EXPECT_EQ(met(client, server), Kind::WrongName);
}

TEST(TlsPeers, the_hosts_name_counts_as_well_unless_it_is_said_that_it_does_not) {
    TestAuthority const authority;
    Names const peers{db};
    auto const client = *TlsContext::client(
        authority.issue({api}), {.authorities = authority.pem(), .alpn = {}, .peers = peers}
    );
    EXPECT_EQ(met(client, server_of(authority, authority.issue({db}), {api})), Kind::WrongName);
    EXPECT_EQ(
        met(client, server_of(authority, authority.issue({db}, {"db.internal"}), {api})),
        std::nullopt
    );
    // Without names of peers the host's name always counts.
    auto const any = *TlsContext::client(
        authority.issue({api}), {.authorities = authority.pem(), .alpn = {}, .peers_alone = true}
    );
    EXPECT_EQ(met(any, server_of(authority, authority.issue({db}), {api})), Kind::WrongName);
}

TEST(TlsPeers, are_asked_for_also_when_the_context_is_gone_before_the_handshake) {
    TestAuthority const authority;
    auto const server = server_of(authority, authority.issue({db}), {api});
    auto begun = *client_of(authority, authority.issue({api}), {db}).connect("127.0.0.1");
    auto wrong = *client_of(authority, authority.issue({api}), {api}).connect("127.0.0.1");
    TlsPair pair{.client = std::move(begun), .server = *server.accept()};
    EXPECT_TRUE(pair.handshake());
    TlsPair other{.client = std::move(wrong), .server = *server.accept()};
    auto const refused = other.handshake();
    EXPECT_EQ(refused.error().kind, Kind::WrongName);
    EXPECT_EQ(refused.error().text, std::string{"its certificate is for "} + db);
}

TEST(TlsPeers, a_name_with_a_slash_at_its_end_stands_for_all_below_it_and_not_for_itself) {
    Names const names{"spiffe://a/shop/"};
    EXPECT_TRUE(admits_peer(names, "spiffe://a/shop/api"));
    EXPECT_TRUE(admits_peer(names, "spiffe://a/shop/api/v2"));
    for (auto const* other : {"spiffe://a/shop/", "spiffe://a/shop", "spiffe://a/shopping", ""})
        EXPECT_FALSE(admits_peer(names, other)) << other;
    EXPECT_FALSE(admits_peer({}, "spiffe://a/shop/api"));
}

} // namespace
} // namespace crypto
