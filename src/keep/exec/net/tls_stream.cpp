#include "keep/exec/net/tls_stream.hpp"

#include "os/socket.hpp"

namespace exec::net {

using base::Errno;
using base::Result;

// A socket that closes with bytes unread resets the connection, and the peer may then lose what it
// has not read yet. So what lies there (an alert, say) is dropped first: once, for a peer may go
// on.
TlsStream::~TlsStream() {
    if (socket_) (void)os::receive(socket(), session_.incoming_space(), MSG_DONTWAIT | MSG_TRUNC);
}

Result<void> TlsStream::push() {
    while (unsent()) {
        auto const count = os::send(socket(), session_.outgoing(), MSG_DONTWAIT);
        if (!count && count.error() == Errno::Again) return {};
        session_.sent(TRY(count));
    }
    return {};
}

Result<void> TlsStream::flush() {
    while (unsent()) session_.sent(TRY(os::send(socket(), session_.outgoing(), 0)));
    return {};
}

Result<void> TlsStream::receive(int flags) {
    auto const count = TRY(os::receive(socket(), session_.incoming_space(), flags));
    if (count == 0) session_.received_end();
    session_.received(count);
    return {};
}

Result<void> TlsStream::pull() {
    if (stopped()) return std::unexpected(Errno::Again);
    return receive(MSG_DONTWAIT);
}

Result<void> TlsStream::pull_waiting() {
    TRY(push());
    while (unsent()) {
        auto const now = pull();
        if (now || now.error() != Errno::Again) return now;
        pollfd entry = wait_entry();
        TRY(os::poll({&entry, 1}, std::nullopt));
        TRY(push());
    }
    return receive(0);
}

pollfd TlsStream::wait_entry() const {
    short const in = stopped() ? 0 : POLLIN;
    short const out = unsent() ? POLLOUT : 0;
    return {.fd = socket(), .events = static_cast<short>(in | out), .revents = 0};
}

crypto::TlsResult<bool> TlsStream::advance_handshake() {
    using crypto::TlsError;
    TlsError const gone{
        .kind = TlsError::Kind::Handshake, .text = "the peer closed the connection"
    };
    for (int pulls = 0;; ++pulls) {
        auto done = session_.handshake();
        auto const pushed = push(); // even after an error: the alert says which
        if (!done || *done) return done;
        if (!pushed) return std::unexpected(gone);
        if (pulls == most_pulls) return false;
        auto const pulled = pull();
        if (!pulled && pulled.error() == Errno::Again) return false;
        if (!pulled) return std::unexpected(gone);
    }
}

} // namespace exec::net
