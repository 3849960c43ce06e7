#include "crypto/tls_context.hpp"
#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/preopened.hpp"
#include "keep/exec/net/tls_peer_for_tests.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

using base::Errno;

std::string trusts_ca() { return " --ca " + Certificates::get().path("ca.pem"); }

std::string shows(std::string const& name) {
    auto const& all = Certificates::get();
    return " --cert " + all.path(name + ".pem") + " --key " + all.path(name + ".key");
}

package::Tls with_certificate(std::string const& name) {
    package::Tls tls;
    tls.certificate = Certificates::get().text(name + ".pem");
    tls.private_key = Certificates::get().text(name + ".key");
    return tls;
}

// A server as an application would write it: echoes what its clients send, over one wait set.
class EchoServer {
public:
    explicit EchoServer(package::Tls tls = with_certificate("server"))
        : port_{listen_at_free_port().port},
          listener_{
              listening({"web", package::Protocol::Tls, "127.0.0.1", port_, std::move(tls)})
          } {}

    // What the peer printed while it played its story here; or how it failed.
    std::string serve(std::string const& story) {
        TlsPeer peer{story + " --port " + std::to_string(port_)};
        while (peer.running()) step();
        int const status = peer.status();
        return status == 0 ? peer.output() : "status " + std::to_string(status) + peer.output();
    }

    // The ends of connections: "" or an error. Those on their way may still need a step.
    std::vector<std::string> const& ends() {
        for (int round = 0; round < 10; ++round) step();
        return ends_;
    }

private:
    struct Client {
        std::unique_ptr<Connection> connection;
        std::string unsent;
        bool over = false;
    };

    static std::unique_ptr<Listener> listening(package::Listen const& entry) {
        std::vector<package::File> const files{entry};
        return *make_listener(entry, Identity{files}, {}, std::make_shared<ClosingList>());
    }

    void step() {
        WaitSet waits;
        if (listener_->ready(Direction::Read, waits)) {
            if (auto accepted = listener_->accept(true))
                clients_.push_back({.connection = std::move(*accepted), .unsent = ""});
        }
        for (auto& client : clients_) serve(client, waits);
        std::erase_if(clients_, [](auto const& client) { return client.over; });
        (void)os::poll(waits, os::Milliseconds{2});
    }

    void serve(Client& client, WaitSet& waits) {
        auto& connection = *client.connection;
        if (client.unsent.empty() && connection.ready(Direction::Read, waits)) {
            client.unsent = receive_text(connection, 100'000, {.nonblocking = true});
            client.over = client.unsent.empty() || client.unsent.starts_with("error ");
            if (client.over) ends_.push_back(client.unsent);
        } else if (!client.unsent.empty() && connection.ready(Direction::Write, waits)) {
            client.unsent.erase(0, send_text(connection, client.unsent, true).value_or(0));
        }
    }

    std::uint16_t port_;
    std::unique_ptr<Listener> listener_;
    std::vector<Client> clients_;
    std::vector<std::string> ends_;
};

TEST(ListenTls, echoes_to_another_tls_implementation_from_one_byte_to_megabytes) {
    EchoServer server;
    for (auto const* size : {"1", "16384", "16385", "8000000"})
        EXPECT_EQ(server.serve("echo --size " + std::string{size} + trusts_ca()), "") << size;
}

TEST(ListenTls, shakes_hands_with_two_hundred_clients_at_once) {
    EXPECT_EQ(EchoServer{}.serve("many --count 200" + trusts_ca()), "");
}

TEST(ListenTls, lets_as_many_shake_hands_at_once_as_the_application_may_have_sockets) {
    auto const port = listen_at_free_port().port;
    auto const listener = *make_listener(
        {"web", package::Protocol::Tls, "127.0.0.1", port, with_certificate("server")},
        Identity{},
        {.memory = {}, .sockets = 300},
        std::make_shared<ClosingList>()
    );
    std::vector<os::Fd> silent;
    for (int i = 0; i < 300; ++i) silent.push_back(*dial("127.0.0.1", port));
    WaitSet waits;
    EXPECT_FALSE(listener->ready(Direction::Read, waits));
    EXPECT_EQ(waits.size(), 301U); // the listener and all of them
}

TEST(ListenTls, refuses_what_is_older_than_tls_1_3) {
    EXPECT_EQ(EchoServer{}.serve("old" + trusts_ca()), "");
}

TEST(ListenTls, bears_the_names_of_this_machine_in_the_certificate_that_it_makes_itself) {
    package::Tls tls;
    tls.server_name = "keep.example";
    EchoServer server{tls};
    EXPECT_EQ(server.serve("self_signed --name localhost,127.0.0.1,::1,keep.example"), "");
    EXPECT_NE(
        server.serve("self_signed --name example.org 2>&1").find("mismatch"), std::string::npos
    );
}

TEST(ListenTls, takes_clients_of_its_authority_only_when_it_wants_certificates) {
    auto tls = with_certificate("server");
    tls.authorities = {Certificates::get().text("ca.pem")};
    tls.client_certificate = true;
    EchoServer server{tls};
    EXPECT_EQ(server.serve("echo --size 100" + trusts_ca() + shows("client")), "");
    EXPECT_EQ(server.serve("refused" + trusts_ca() + shows("stranger")), "");
    EXPECT_EQ(server.serve("refused" + trusts_ca()), "");
}

TEST(ListenTls, may_leave_it_to_the_client_whether_it_shows_a_certificate) {
    auto tls = with_certificate("server");
    tls.authorities = {Certificates::get().text("ca.pem")};
    EchoServer server{tls};
    EXPECT_EQ(server.serve("echo --size 100" + trusts_ca()), "");
    EXPECT_EQ(server.serve("echo --size 100" + trusts_ca() + shows("client")), "");
    EXPECT_EQ(server.serve("refused" + trusts_ca() + shows("stranger")), "");
}

TEST(ListenTls, agrees_on_the_first_application_protocol_of_its_own_list) {
    auto tls = with_certificate("server");
    tls.alpn = {"h2", "http/1.1"};
    EchoServer server{tls};
    EXPECT_EQ(server.serve("alpn --alpn http/1.1,h2" + trusts_ca()), "h2\n");
    EXPECT_EQ(server.serve("alpn --alpn http/1.1" + trusts_ca()), "http/1.1\n");
    EXPECT_EQ(server.serve("alpn" + trusts_ca()), "None\n");
    EXPECT_EQ(server.serve("refused --alpn smtp" + trusts_ca()), "");
}

// What a client agrees on with a listener of these settings, beside which the Keep speaks itself.
std::string agreed_with(package::Tls const& tls) {
    struct Never final : Aside {
        bool advance() override { return false; }
        pollfd wait_entry() const override { return {.fd = -1, .events = 0, .revents = 0}; }
    };
    auto const port = listen_at_free_port().port;
    auto const listener = *make_listener(
        {"web", package::Protocol::Tls, "127.0.0.1", port, tls},
        Identity{},
        {},
        std::make_shared<ClosingList>(),
        AsideProtocol{.name = "aside/1", .begin = [](TlsStream) {
                          return std::make_unique<Never>();
                      }}
    );
    std::array<std::string, 1> const alpn{"aside/1"};
    auto const context =
        *crypto::TlsContext::client({.authorities = {}, .alpn = alpn, .any_certificate = true});
    TlsStream client{*dial("127.0.0.1", port), *context.connect("localhost")};
    for (int round = 0; round < 100; ++round) {
        auto const done = client.advance_handshake();
        if (!done) return "nothing in common";
        if (*done) break;
        (void)listener->accept(true);
    }
    return client.session().alpn();
}

TEST(ListenTls, speaks_for_the_keep_itself_only_where_it_shows_the_keeps_own_key) {
    package::Tls own;
    EXPECT_EQ(agreed_with(own), "aside/1");
    own.alpn = {"h2"};
    EXPECT_EQ(agreed_with(own), "aside/1");
    auto brought = with_certificate("server");
    EXPECT_EQ(agreed_with(brought), "");
    brought.alpn = {"h2"};
    EXPECT_EQ(agreed_with(brought), "nothing in common");
}

TEST(ListenTls, gives_session_tickets_only_when_it_is_told_to) {
    auto tls = with_certificate("server");
    EXPECT_EQ(EchoServer{tls}.serve("tickets" + trusts_ca()), "no ticket\n");
    tls.session_tickets = true;
    EXPECT_EQ(EchoServer{tls}.serve("tickets" + trusts_ca()), "ticket\n");
}

TEST(ListenTls, tells_an_orderly_end_from_a_cut_one) {
    EchoServer server;
    EXPECT_EQ(server.serve("goodbye" + trusts_ca()), "");
    EXPECT_EQ(server.ends(), std::vector<std::string>{""});
    EXPECT_EQ(server.serve("truncate" + trusts_ca()), "");
    EXPECT_EQ(server.ends().back(), error_text(Errno::ConnReset));
}

// `openssl ecparam -genkey` writes the curve before the key; others keep all in one file.
TEST(ListenTls, finds_key_and_certificate_among_other_blocks) {
    auto const plain = with_certificate("server");
    std::string const curve =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    auto const all = "a note\n" + plain.certificate + curve + plain.private_key;
    for (auto const& key :
         {curve + plain.private_key, plain.certificate + plain.private_key, all}) {
        package::Tls tls;
        tls.certificate = plain.certificate;
        tls.private_key = key;
        EXPECT_EQ(EchoServer{tls}.serve("echo --size 100" + trusts_ca()), "");
    }
    package::Tls tls;
    tls.certificate = tls.private_key = plain.private_key + plain.certificate;
    EXPECT_EQ(EchoServer{tls}.serve("echo --size 100" + trusts_ca()), "");
}

std::string failure_of(package::Tls tls, std::string const& address = "127.0.0.1") {
    auto const made = make_listener(
        {"web", package::Protocol::Tls, address, 0, std::move(tls)},
        Identity{},
        {},
        std::make_shared<ClosingList>()
    );
    return made ? "none" : std::string{made.error().name};
}

TEST(ListenTls, says_which_of_its_settings_is_of_no_use) {
    auto mixed = with_certificate("server");
    mixed.private_key = Certificates::get().text("client.key");
    EXPECT_EQ(failure_of(mixed), "tls-certificate-invalid");
    auto half = with_certificate("server");
    half.private_key.clear();
    EXPECT_EQ(failure_of(half), "tls-certificate-invalid");
    package::Tls nonsense;
    nonsense.authorities = {"no certificate"};
    EXPECT_EQ(failure_of(nonsense), "tls-certificate-invalid");
    package::Tls none;
    none.client_certificate = true;
    EXPECT_EQ(failure_of(none), "tls-authorities-missing");
    EXPECT_EQ(failure_of({}, "192.0.2.1"), "address-invalid");
    EXPECT_EQ(failure_of({}), "none");
}

} // namespace
} // namespace exec::net
