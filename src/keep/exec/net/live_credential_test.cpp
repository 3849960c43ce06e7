// A certificate that is renewed while clients come and stay.

#include "crypto/tls_pair_for_tests.hpp"
#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/live_credential.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/preopened.hpp"
#include "keep/exec/net/tls_stream.hpp"

#include <gtest/gtest.h>

namespace exec::net {
namespace {

// A listener of an application that shows the Keep's certificate.
struct Server {
    std::uint16_t port = listen_at_free_port().port;
    package::Listen entry{"web", package::Protocol::Tls, "127.0.0.1", port, {}};
    std::shared_ptr<LiveCredential> live =
        std::make_shared<LiveCredential>(crypto::testing::credential({"first"}));
    crypto::TlsContext client_context = *crypto::TlsContext::client(
        crypto::testing::credential({"client"}),
        {.authorities = {}, .alpn = {}, .any_certificate = true}
    );
    std::unique_ptr<Listener> listener;

    Server() {
        std::vector<package::File> const files{entry};
        Identity identity{files};
        identity.show(live);
        listener = *make_listener(entry, identity, {}, std::make_shared<ClosingList>());
    }

    struct Client {
        TlsStream near;
        std::unique_ptr<Connection> far = nullptr;
    };
    Client knock() const { return {{*dial("127.0.0.1", port), *client_context.connect("keep")}}; }
    // Both ends have done their handshake.
    void finish(Client& client) const {
        bool done = false;
        while (!done || !client.far) {
            done = client.near.advance_handshake().value();
            if (auto accepted = listener->accept(true)) client.far = std::move(*accepted);
        }
    }
    std::vector<std::byte> shown() const {
        auto client = knock();
        finish(client);
        return client.near.session().peer_public_key();
    }
};

TEST(LiveCredential, IsTheNewestForEachWhoComes) {
    Server const server;
    EXPECT_EQ(server.shown(), server.live->now().public_key());
    for (std::string const name : {"second", "third"}) {
        auto next = crypto::testing::credential({name});
        auto const key = next.public_key();
        server.live->replace(std::move(next));
        EXPECT_EQ(server.shown(), key);
        EXPECT_EQ(server.shown(), key);
    }
}

TEST(LiveCredential, LeavesThoseAloneWhoAreThereOrOnTheirWay) {
    Server const server;
    auto const first = server.live->now().public_key();
    auto there = server.knock();
    server.finish(there);
    auto coming = server.knock();
    (void)coming.near.advance_handshake(); // its hello is on the way
    (void)server.listener->accept(true);   // and heard
    server.live->replace(crypto::testing::credential({"second"}));
    EXPECT_NE(server.shown(), first);
    server.finish(coming);
    EXPECT_EQ(coming.near.session().peer_public_key(), first);
    ASSERT_TRUE(coming.near.session().write(base::view_of("hello")));
    ASSERT_TRUE(coming.near.flush());
    EXPECT_EQ(receive_text(*coming.far, 100, {}), "hello");
    ASSERT_TRUE(there.near.session().write(base::view_of("still")));
    ASSERT_TRUE(there.near.flush());
    EXPECT_EQ(receive_text(*there.far, 100, {}), "still");
}

} // namespace
} // namespace exec::net
