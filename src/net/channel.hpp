#pragma once

// A connection of a client to a server, plain or TLS, each step of which ends by a deadline.

#include "base/result.hpp"
#include "crypto/tls_session.hpp"
#include "net/web_address.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace net {

using Deadline = std::chrono::steady_clock::time_point;

// Why the network did not do what was asked, for people. `again`: it may do so later.
struct Trouble {
    std::string text;
    bool again = true;
};

template <class T = void> using OrTrouble = base::Result<T, Trouble>;

class Channel {
public:
    static OrTrouble<Channel> open(WebAddress const& address, Deadline deadline);

    OrTrouble<> write(std::string_view text);
    // 0: the server has ended the connection, with TLS by saying so.
    OrTrouble<std::size_t> read(std::span<std::byte> out);

private:
    Channel(os::Fd socket, Deadline deadline) : socket_{std::move(socket)}, deadline_{deadline} {}

    OrTrouble<> greet(std::string const& host); // the handshake of TLS
    OrTrouble<> flush();
    OrTrouble<> pull(); // bytes of the network to TLS
    OrTrouble<> wait(short events);

    os::Fd socket_;
    Deadline deadline_;
    std::optional<crypto::TlsSession> tls_;
};

} // namespace net
