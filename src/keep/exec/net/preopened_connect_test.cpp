#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/preopened.hpp"
#include "keep/exec/net/tls_peer_for_tests.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

std::string path(std::string const& name) { return Certificates::get().path(name); }

std::string shows(std::string const& name) {
    return " --cert " + path(name + ".pem") + " --key " + path(name + ".key");
}

// A server of another implementation that waits for one client.
struct PeerServer {
    explicit PeerServer(std::string const& options = shows("server"))
        : peer{"server" + options}, port{static_cast<std::uint16_t>(std::stoi(peer.line()))} {}

    TlsPeer peer;
    std::uint16_t port;
};

package::Tls trusts(std::string const& authority) {
    package::Tls tls;
    tls.authorities = {Certificates::get().text(authority)};
    return tls;
}

os::OrFailure<std::unique_ptr<Connection>>
connect(PeerServer const& server, package::Tls tls, std::string const& host = "localhost") {
    return make_connection(
        {"peer", package::Protocol::Tls, host, server.port, std::move(tls)},
        Identity{},
        std::make_shared<ClosingList>()
    );
}

std::string failure_of(PeerServer const& server, package::Tls tls, std::string const& host) {
    auto const made = connect(server, std::move(tls), host);
    return made ? "none" : std::string{made.error().name};
}

TEST(ConnectTls, talks_to_another_tls_implementation_and_ends_in_order) {
    PeerServer server;
    auto const connection = connect(server, trusts("ca.pem"));
    ASSERT_TRUE(connection) << connection.error().text;
    EXPECT_EQ(server.peer.line(), "localhost None"); // the name that it was asked for
    std::string const text(100'000, 't');
    ASSERT_EQ(send_text(**connection, text), text.size());
    EXPECT_EQ(receive_text(**connection, text.size(), {.wait_all = true}), text);
    ASSERT_TRUE((*connection)->shutdown(ShutdownHow::Write));
    EXPECT_EQ(receive_text(**connection, 1), "");
    EXPECT_EQ(server.peer.status(), 0);
    EXPECT_EQ(server.peer.output(), "");
}

TEST(ConnectTls, trusts_the_servers_own_certificate_when_it_is_named_as_authority) {
    PeerServer server;
    EXPECT_EQ(failure_of(server, trusts("server.pem"), "localhost"), "none");
}

TEST(ConnectTls, verifies_addresses_as_well_as_names) {
    for (auto const* host : {"127.0.0.1", "localhost"}) {
        PeerServer server;
        EXPECT_EQ(failure_of(server, trusts("ca.pem"), host), "none") << host;
    }
    PeerServer server{shows("server") + " --host ::1"};
    EXPECT_EQ(failure_of(server, trusts("ca.pem"), "[::1]"), "none");
}

TEST(ConnectTls, asks_for_and_verifies_the_server_name_of_its_settings) {
    PeerServer server;
    auto tls = trusts("ca.pem");
    tls.server_name = "localhost";
    EXPECT_EQ(failure_of(server, tls, "127.0.0.1"), "none");
    EXPECT_EQ(server.peer.line(), "localhost None");
    PeerServer another;
    tls.server_name = "example.org";
    EXPECT_EQ(failure_of(another, tls, "127.0.0.1"), "tls-name-mismatch");
}

TEST(ConnectTls, says_why_it_does_not_believe_a_server) {
    PeerServer unknown;
    EXPECT_EQ(
        failure_of(unknown, trusts("other_ca.pem"), "localhost"), "tls-certificate-untrusted"
    );
    PeerServer not_public;
    EXPECT_EQ(failure_of(not_public, {}, "localhost"), "tls-certificate-untrusted");
    PeerServer expired{shows("expired")};
    EXPECT_EQ(failure_of(expired, trusts("ca.pem"), "localhost"), "tls-certificate-expired");
    PeerServer client{shows("client")}; // a certificate for clients only
    EXPECT_EQ(failure_of(client, trusts("ca.pem"), "localhost"), "tls-certificate-untrusted");
}

TEST(ConnectTls, shows_its_certificate_to_a_server_that_wants_one) {
    PeerServer server{shows("server") + " --ca " + path("ca.pem")};
    auto tls = trusts("ca.pem");
    tls.certificate = Certificates::get().text("client.pem");
    tls.private_key = Certificates::get().text("client.key");
    auto const connection = connect(server, tls);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(send_text(**connection, "hello"));
    EXPECT_EQ(receive_text(**connection, 10), "hello");
}

TEST(ConnectTls, agrees_on_an_application_protocol) {
    PeerServer server{shows("server") + " --alpn h2,http/1.1"};
    auto tls = trusts("ca.pem");
    tls.alpn = {"http/1.1"};
    EXPECT_TRUE(connect(server, tls));
    EXPECT_EQ(server.peer.line(), "localhost http/1.1");
}

TEST(ConnectTls, says_when_the_server_speaks_no_tls) {
    TlsPeer peer{"plain_server"};
    auto const port = static_cast<std::uint16_t>(std::stoi(peer.line()));
    auto const made = make_connection(
        {"mail", package::Protocol::Tls, "127.0.0.1", port, {}},
        Identity{},
        std::make_shared<ClosingList>()
    );
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "tls-handshake-failed");
}

// A server that keeps on sending, but never gets to the end of anything.
TEST(ConnectTls, is_not_held_up_by_a_server_that_sends_a_byte_now_and_then) {
    auto const listening = listen_at_free_port();
    std::jthread const server{[&](std::stop_token const& stop) {
        pollfd entry{.fd = listening.socket.number(), .events = POLLIN, .revents = 0};
        (void)os::poll({&entry, 1}, std::nullopt);
        auto const client = os::accept(listening.socket.number());
        static constexpr std::string_view record_of_16_kib = "\x16\x03\x03\x40\x00";
        (void)os::send(client->number(), std::as_bytes(std::span{record_of_16_kib}), 0);
        for (int bytes = 0; bytes < 500 && !stop.stop_requested(); ++bytes) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            if (!os::send(client->number(), std::array{std::byte{2}}, 0)) return;
        }
    }};
    auto const before = std::chrono::steady_clock::now();
    auto const made = make_connection(
        {"drips", package::Protocol::Tls, "127.0.0.1", listening.port, {}},
        Identity{},
        std::make_shared<ClosingList>(),
        std::chrono::milliseconds{300}
    );
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "tls-handshake-failed");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{2});
}

TEST(ConnectTcp, reaches_a_listener_by_name) {
    auto const port = listen_at_free_port().port;
    auto const listener = make_listener(
        {"l", package::Protocol::Tcp, "127.0.0.1", port, {}},
        Identity{},
        {},
        std::make_shared<ClosingList>()
    );
    ASSERT_TRUE(listener);
    auto const near = make_connection(
        {"c", package::Protocol::Tcp, "localhost", port, {}},
        Identity{},
        std::make_shared<ClosingList>()
    );
    ASSERT_TRUE(near);
    auto const far = (*listener)->accept(false);
    ASSERT_TRUE(send_text(**near, "plain"));
    EXPECT_EQ(receive_text(**far, 10), "plain");
}

TEST(ConnectTcp, says_that_nobody_listens) {
    auto const port = listen_at_free_port().port; // closed again
    auto const made = make_connection(
        {"c", package::Protocol::Tcp, "127.0.0.1", port, {}},
        Identity{},
        std::make_shared<ClosingList>()
    );
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().name, "connection-refused");
}

} // namespace
} // namespace exec::net
