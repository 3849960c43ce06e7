#pragma once

// Our own TLS client against our own listener, both in the test's one thread.

#include "crypto/tls_context.hpp"
#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/identity.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/tls_connection.hpp"
#include "keep/exec/net/tls_listener.hpp"

#include <array>
#include <memory>

#include <sys/socket.h>

namespace exec::net {

// A listener and the means to connect to it.
class TlsTestServer {
public:
    explicit TlsTestServer(HandshakeLimits limits = {}, ClosingLimits closing_limits = {})
        : TlsTestServer(listen_at_free_port(), limits, closing_limits) {}

    TlsListener& listener() { return listener_; }
    std::uint16_t port() const { return port_; }
    ClosingList& closing() { return *closing_; }

    os::Fd plain_client() const {
        auto client = *dial("127.0.0.1", port_);
        keep_small(client, SO_RCVBUF);
        return client;
    }
    TlsStream client() const { return {plain_client(), *client_context_.connect("localhost")}; }

    // The client's and the server's end of one connection, handshake done.
    struct Pair {
        std::unique_ptr<TlsConnection> near;
        std::unique_ptr<Connection> far;
    };
    Pair pair() {
        auto stream = client();
        auto far = accept(stream);
        return {
            .near = std::make_unique<TlsConnection>(std::move(stream), closing_),
            .far = std::move(far)
        };
    }
    // The server's end of what `client` connects, handshake done on both sides.
    std::unique_ptr<Connection> accept(TlsStream& client) {
        std::unique_ptr<Connection> far;
        bool near_done = false;
        while (!near_done || !far) {
            near_done = client.advance_handshake().value();
            if (auto accepted = listener_.accept(true)) far = std::move(*accepted);
        }
        return far;
    }

private:
    TlsTestServer(FreePort listening, HandshakeLimits limits, ClosingLimits closing_limits)
        : port_{listening.port},
          closing_{std::make_shared<ClosingList>(closing_limits)},
          credential_{*Identity{}.credential({})},
          client_context_{*crypto::TlsContext::client(
              credential_, {.authorities = std::array{*credential_.leaf_pem()}, .alpn = {}}
          )},
          listener_{
              small(std::move(listening.socket)),
              *crypto::TlsContext::server(credential_, {}),
              closing_,
              limits
          } {}

    // The kernel lets the buffers of a connection grow while it is used, at a time that nobody
    // knows. With a size of their own they stay: what does not fit now does not fit in a moment
    // either.
    static void keep_small(os::Fd const& socket, int buffer) {
        int const size = 64 << 10;
        (void)::setsockopt(socket.number(), SOL_SOCKET, buffer, &size, sizeof size);
    }
    static os::Fd small(os::Fd listener) {
        keep_small(listener, SO_SNDBUF); // what is accepted from it inherits that
        return listener;
    }

    std::uint16_t port_;
    std::shared_ptr<ClosingList> closing_;
    crypto::TlsCredential credential_;
    crypto::TlsContext client_context_;
    TlsListener listener_;
};

} // namespace exec::net
