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

namespace exec::net {

// A listener and the means to connect to it.
class TlsTestServer {
public:
    explicit TlsTestServer(HandshakeLimits limits = {})
        : TlsTestServer(listen_at_free_port(), limits) {}

    TlsListener& listener() { return listener_; }
    std::uint16_t port() const { return port_; }

    os::Fd plain_client() const { return *dial("127.0.0.1", port_); }
    TlsStream client() const { return {plain_client(), *client_context_.connect("localhost")}; }

    // The client's and the server's end of one connection, handshake done.
    struct Pair {
        std::unique_ptr<TlsConnection> near;
        std::unique_ptr<Connection> far;
    };
    Pair pair() {
        auto stream = client();
        while (true) {
            bool const near_done = *stream.advance_handshake();
            auto far = listener_.accept(true);
            if (near_done && far)
                return {
                    .near = std::make_unique<TlsConnection>(std::move(stream)),
                    .far = std::move(*far)
                };
        }
    }

private:
    TlsTestServer(FreePort listening, HandshakeLimits limits)
        : port_{listening.port},
          credential_{*Identity{}.credential({})},
          client_context_{*crypto::TlsContext::client(
              credential_, {.authorities = std::array{*credential_.leaf_pem()}, .alpn = {}}
          )},
          listener_{
              std::move(listening.socket), *crypto::TlsContext::server(credential_, {}), limits
          } {}

    std::uint16_t port_;
    crypto::TlsCredential credential_;
    crypto::TlsContext client_context_;
    TlsListener listener_;
};

} // namespace exec::net
