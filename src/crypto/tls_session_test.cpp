#include "crypto/tls_context.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "crypto/tls_roots.hpp"

#include <array>
#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace crypto {
namespace {

using base::Errno;
using namespace std::chrono_literals;

using namespace testing;

std::span<std::byte const> bytes(std::string_view text) { return std::as_bytes(std::span{text}); }

TlsServerSettings with_alpn(std::span<std::string const> names) {
    TlsServerSettings settings;
    settings.alpn = names;
    return settings;
}

TlsServerSettings with_clients_of(std::span<std::string const> authorities) {
    TlsServerSettings settings;
    settings.authorities = authorities;
    settings.client_certificate = true;
    return settings;
}

TlsClientSettings trusting(std::span<std::string const> authorities) {
    TlsClientSettings settings;
    settings.authorities = authorities;
    return settings;
}

struct Ends {
    TlsContext client;
    TlsContext server;
    TlsPair connect(std::string const& name = "localhost") const {
        return {.client = *client.connect(name), .server = *server.accept()};
    }
};

Ends ends(
    TlsCredential const& server_credential,
    TlsServerSettings const& server = {},
    std::span<std::string const> client_alpn = {}
) {
    std::array const trusted{*server_credential.leaf_pem()};
    return {
        .client = *TlsContext::client(
            credential({"a client"}), {.authorities = trusted, .alpn = client_alpn}
        ),
        .server = *TlsContext::server(server_credential, server),
    };
}

std::string read(TlsSession& session) {
    std::array<std::byte, 100> out{};
    auto const count = session.read(out);
    if (!count) return "error " + std::to_string(static_cast<int>(count.error()));
    // Safety: bytes of the test's own text.
    return {reinterpret_cast<char const*>(out.data()), *count};
}

TEST(TlsSession, carries_bytes_both_ways_after_the_handshake) {
    auto const both = ends(credential({"localhost"}));
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    ASSERT_TRUE(pair.client.write(bytes("hello")));
    TlsPair::carry(pair.client, pair.server);
    EXPECT_EQ(pair.server.readable(), 5U);
    EXPECT_EQ(read(pair.server), "hello");
    EXPECT_EQ(pair.server.readable().error(), Errno::Again);
    ASSERT_TRUE(pair.server.write(bytes("world")));
    TlsPair::carry(pair.server, pair.client);
    EXPECT_EQ(read(pair.client), "world");
}

TEST(TlsSession, sends_nothing_by_itself_after_the_handshake_so_no_session_ticket) {
    auto const both = ends(credential({"localhost"}));
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    (void)pair.server.readable();
    EXPECT_TRUE(pair.server.outgoing().empty());
}

TEST(TlsSession, ends_in_order_with_close_notify_in_one_direction_only) {
    auto const both = ends(credential({"localhost"}));
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    pair.client.close();
    TlsPair::carry(pair.client, pair.server);
    EXPECT_EQ(pair.server.readable(), 0U);
    EXPECT_EQ(read(pair.server), "");
    EXPECT_TRUE(pair.server.closed_by_peer());
    ASSERT_TRUE(pair.server.write(bytes("still open")));
    TlsPair::carry(pair.server, pair.client);
    EXPECT_EQ(read(pair.client), "still open");
    EXPECT_EQ(pair.client.write(bytes("x")).error(), Errno::Pipe);
}

TEST(TlsSession, reads_an_end_without_close_notify_as_a_reset_after_the_last_data) {
    auto const both = ends(credential({"localhost"}));
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    ASSERT_TRUE(pair.client.write(bytes("cut")));
    TlsPair::carry(pair.client, pair.server);
    pair.server.received_end();
    EXPECT_EQ(read(pair.server), "cut");
    EXPECT_EQ(pair.server.readable().error(), Errno::ConnReset);
    EXPECT_EQ(pair.server.readable().error(), Errno::ConnReset);
}

TEST(TlsSession, reads_a_forged_record_as_a_protocol_error) {
    auto const both = ends(credential({"localhost"}));
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    ASSERT_TRUE(pair.client.write(bytes("forged")));
    auto const space = pair.server.incoming_space();
    std::ranges::copy(pair.client.outgoing(), space.begin());
    space[8] ^= std::byte{1};
    pair.server.received(pair.client.outgoing().size());
    EXPECT_EQ(pair.server.readable().error(), Errno::Proto);
}

TEST(TlsSession, does_not_trust_a_certificate_of_an_unknown_authority) {
    auto both = ends(credential({"localhost"}));
    both.server = *TlsContext::server(credential({"localhost"}), {});
    EXPECT_EQ(both.connect().handshake().error().kind, TlsError::Kind::Untrusted);
}

TEST(TlsSession, refuses_a_certificate_for_another_name) {
    auto const both = ends(credential({"localhost", "127.0.0.1", "::1"}));
    EXPECT_TRUE(both.connect("localhost").handshake());
    EXPECT_TRUE(both.connect("127.0.0.1").handshake());
    EXPECT_TRUE(both.connect("::1").handshake());
    EXPECT_EQ(both.connect("example.org").handshake().error().kind, TlsError::Kind::WrongName);
    EXPECT_EQ(both.connect("127.0.0.2").handshake().error().kind, TlsError::Kind::WrongName);
}

TEST(TlsSession, refuses_a_certificate_that_is_over_or_not_yet_valid) {
    auto const over = ends(credential({"localhost"}, now() - std::chrono::days{366}));
    EXPECT_EQ(over.connect().handshake().error().kind, TlsError::Kind::Expired);
    auto const early = ends(credential({"localhost"}, now() + 2h));
    EXPECT_EQ(early.connect().handshake().error().kind, TlsError::Kind::Expired);
}

TEST(TlsSession, takes_a_client_with_a_certificate_of_an_authority_and_no_other) {
    auto const mine = credential({"localhost"});
    auto const known = credential({"known"});
    std::array const server_pem{*mine.leaf_pem()};
    std::array const client_pem{*known.leaf_pem()};
    auto const server = *TlsContext::server(mine, with_clients_of(client_pem));
    auto const good = *TlsContext::client(known, trusting(server_pem));
    auto const bad = *TlsContext::client(credential({"known"}), trusting(server_pem));

    TlsPair first{.client = *good.connect("localhost"), .server = *server.accept()};
    EXPECT_TRUE(first.handshake());
    TlsPair second{.client = *bad.connect("localhost"), .server = *server.accept()};
    EXPECT_FALSE(second.handshake());
}

TEST(TlsSession, agrees_on_the_servers_first_choice_of_protocol) {
    std::array<std::string, 2> const ours{"h2", "http/1.1"};
    std::array<std::string, 2> const theirs{"http/1.1", "h2"};
    auto const both = ends(credential({"localhost"}), with_alpn(ours), theirs);
    auto pair = both.connect();
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.server.alpn(), "h2");
    EXPECT_EQ(pair.client.alpn(), "h2");
}

TEST(TlsSession, refuses_a_client_that_shares_no_protocol_but_takes_one_that_names_none) {
    std::array<std::string, 1> const ours{"h2"};
    std::array<std::string, 1> const theirs{"smtp"};
    EXPECT_FALSE(ends(credential({"localhost"}), with_alpn(ours), theirs).connect().handshake());
    EXPECT_TRUE(ends(credential({"localhost"}), with_alpn(ours)).connect().handshake());
}

TEST(TlsContext, names_what_is_wrong_with_its_settings) {
    auto const wanted = TlsContext::server(credential({"x"}), with_clients_of({}));
    EXPECT_EQ(wanted.error().kind, TlsError::Kind::Settings);
    std::array<std::string, 1> const nonsense{"no certificate"};
    EXPECT_FALSE(TlsContext::client(credential({"x"}), trusting(nonsense)));
    std::array<std::string, 1> const empty{""};
    EXPECT_FALSE(TlsContext::server(credential({"x"}), with_alpn(empty)));
}

TEST(TlsRoots, hold_the_public_authorities) { EXPECT_GT(tls_roots()->size(), 100U); }

// A client of which the test has the library's own session, and so messages that no application
// sends.
struct RawClient {
    explicit RawClient(TlsSession& server)
        : context{SSL_CTX_new(TLS_method())}, ssl{SSL_new(context.get())}, server{server} {
        SSL_set_connect_state(ssl.get());
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        for (int round = 0; round < 4; ++round) {
            (void)SSL_do_handshake(ssl.get());
            send();
            (void)server.handshake();
            auto const answer = server.outgoing();
            BIO_write(SSL_get_rbio(ssl.get()), answer.data(), static_cast<int>(answer.size()));
            server.sent(answer.size());
        }
    }
    // Lets the server have all that the client has written.
    void send() {
        auto const space = server.incoming_space();
        int const count =
            BIO_read(SSL_get_wbio(ssl.get()), space.data(), static_cast<int>(space.size()));
        if (count > 0) server.received(static_cast<std::size_t>(count));
    }

    bssl::UniquePtr<SSL_CTX> context;
    bssl::UniquePtr<SSL> ssl;
    TlsSession& server;
};

// RFC 8446 4.6.3: a peer may ask for new keys again and again, and each time gets an answer.
TEST(TlsSession, answers_many_wishes_for_new_keys_of_a_client_that_reads_nothing_in_little_room) {
    auto const server_credential = credential({"localhost"});
    auto const both = ends(server_credential);
    auto server = *both.server.accept();
    RawClient client{server};
    ASSERT_EQ(SSL_is_init_finished(client.ssl.get()), 1);
    for (int round = 0; round < 10'000; ++round) {
        ASSERT_EQ(SSL_key_update(client.ssl.get(), SSL_KEY_UPDATE_REQUESTED), 1);
        ASSERT_EQ(SSL_write(client.ssl.get(), "x", 1), 1);
        client.send();
        ASSERT_EQ(read(server), "x") << round;
    }
    EXPECT_LT(server.outgoing().size(), 1000U);
    ASSERT_TRUE(server.write(bytes("answer")));
    EXPECT_LT(server.outgoing().size(), 1000U);
}

} // namespace
} // namespace crypto
