#pragma once

// A TLS session on its socket: moves the session's bytes to and from the network, and closes in
// order.

#include "base/result.hpp"
#include "crypto/tls_session.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <vector>

#include <poll.h>

namespace exec::net {

class TlsStream {
public:
    TlsStream(os::Fd socket, crypto::TlsSession session) // the socket is a blocking one
        : socket_{std::move(socket)}, session_{std::move(session)} {}
    TlsStream(TlsStream&&) noexcept = default;
    TlsStream& operator=(TlsStream&& other) noexcept {
        std::swap(socket_, other.socket_);
        std::swap(session_, other.session_);
        return *this;
    }
    ~TlsStream();

    crypto::TlsSession& session() { return session_; }
    int socket() const { return socket_.number(); }

    // Sends what the session has to send, as far as that does not block.
    base::Result<void> push();
    // Sends all of it, however long that takes.
    base::Result<void> flush();
    bool unsent() const { return !session_.outgoing().empty(); }
    std::size_t unsent_bytes() const { return session_.outgoing().size(); }

    // Receives once into the session; Errno::Again: nothing is there, or so much is unsent that the
    // peer has to read first. The end of the stream is told to the session.
    base::Result<void> pull();
    // The same, but waits, and sends meanwhile what is unsent: the peer may be waiting for that.
    base::Result<void> pull_waiting();

    // What poll(2) has to wait for before pull() or push() get any further.
    pollfd wait_entry() const;

    // A peer that sends without end gets so many turns of pull() before others get theirs.
    static constexpr int most_pulls = 4;

    // True: done. False: the peer's turn, or that of others.
    crypto::TlsResult<bool> advance_handshake();

    // What a peer sends can make us answer (RFC 8446 4.6.3). One that does not read the answers is
    // not listened to either, from so many unsent bytes on.
    static constexpr std::size_t most_unsent = std::size_t{64} << 10;

private:
    bool stopped() const { return unsent_bytes() > most_unsent; }
    base::Result<void> receive(int flags);

    os::Fd socket_;
    crypto::TlsSession session_;
};

} // namespace exec::net
