#pragma once

// Two TLS sessions of a test with the network between them, and what they show.

#include "crypto/tls_context.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace crypto::testing {

inline std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

inline TlsCredential
credential(std::vector<std::string> names, std::chrono::sys_seconds at = now()) {
    return *TlsCredential::self_signed(*TlsKey::generate(), names, at);
}

// Two sessions, and the network between them.
struct TlsPair {
    TlsSession client;
    TlsSession server;

    static void carry(TlsSession& from, TlsSession& to) {
        while (!from.outgoing().empty()) {
            auto const space = to.incoming_space();
            auto const count = std::min(space.size(), from.outgoing().size());
            std::copy_n(from.outgoing().begin(), count, space.begin());
            to.received(count);
            from.sent(count);
        }
    }

    // The client's error, else the server's.
    TlsResult<void> handshake() {
        for (int round = 0; round < 4; ++round) {
            auto const client_done = client.handshake();
            carry(client, server);
            auto const server_done = server.handshake();
            carry(server, client);
            if (!client_done) return std::unexpected(client_done.error());
            if (!server_done) {
                (void)client.handshake(); // hears the alert
                return std::unexpected(server_done.error());
            }
            if (*client_done && *server_done) return {};
        }
        return std::unexpected(TlsError{.kind = TlsError::Kind::Handshake, .text = "no end"});
    }
};

} // namespace crypto::testing
