#pragma once

// One end of a TLS connection that carries frames of the provisioning protocol, for programs of
// tests that wait for one thing at a time.

#include "crypto/tls_context.hpp"
#include "net/frames.hpp"
#include "os/fd.hpp"

#include <optional>
#include <string>
#include <vector>

namespace relay {

using Bytes = std::vector<std::byte>;

struct Heard {
    protocol::provision::FrameType type = protocol::provision::FrameType::Refuse;
    Bytes body;
};

os::Fd listen_at(std::string const& path);
os::Fd next_visitor(os::Fd const& listener);
os::Fd connect_to(std::string const& path);

class End {
public:
    End(os::Fd socket, crypto::TlsSession session)
        : socket_{std::move(socket)}, session_{std::move(session)} {}

    bool shake_hands();
    void say(protocol::provision::FrameType type, base::View body);
    std::optional<Heard> hear();     // waits; nothing: the connection is over
    std::optional<Heard> hear_now(); // what has come whole
    bool pull();                     // waits for more bytes; false: there are none
    void close();

    crypto::TlsSession const& session() const { return session_; }
    int socket() const { return socket_.number(); }

private:
    void flush();

    os::Fd socket_;
    crypto::TlsSession session_;
    net::FrameReader reader_;
};

} // namespace relay
