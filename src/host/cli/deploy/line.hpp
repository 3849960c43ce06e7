#pragma once

// The way of bytes between a tenant and a Keep: a socket, or a connection to a host that passes
// them on, and above it the TLS session that ends in the Keep. Nothing here waits.

#include "attest/provision/tenant.hpp"
#include "crypto/tls_context.hpp"
#include "net/channel.hpp"
#include "net/frames.hpp"
#include "os/poll.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace host::cli {

// Why nothing comes any more.
struct LineOver {
    std::string text;
    bool wrong = false; // what came is none of the protocol; a cut could not do that
};

class Line {
public:
    // `carrier`: a connected socket, and what of TLS towards the host is above it.
    // `context`: whose settings the session to the Keep has; outlives this.
    static crypto::TlsResult<Line>
    over(net::Channel::Parts carrier, crypto::TlsContext const& context);

    // Goes on with what has come. Nothing: more has to come, or the handshake was done just now.
    base::Result<std::optional<protocol::provision::Frame>, LineOver>
    next(protocol::provision::Trust trust);
    bool shaken() const { return shaken_; } // hands: the Keep's end speaks TLS
    void say(attest::provision::Message const& message);
    // Sends what goes. False: the other end is gone.
    bool push();
    bool unsent() const;
    // Says so, and waits so long that this goes out, behind what is unsent.
    void close(std::chrono::milliseconds patience);

    crypto::TlsSession const& session() const { return session_; }
    pollfd wait_entry() const;

private:
    Line(net::Channel::Parts carrier, crypto::TlsSession session)
        : carrier_{std::move(carrier)}, session_{std::move(session)} {}

    using Pulled = base::Result<bool, LineOver>; // false: nothing is here
    Pulled pull();
    Pulled receive(crypto::TlsSession& into);

    net::Channel::Parts carrier_;
    crypto::TlsSession session_;
    net::FrameReader reader_;
    bool shaken_ = false;
};

} // namespace host::cli
