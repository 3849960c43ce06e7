#pragma once

// What the tests of this folder share: listeners at free ports of this machine, and text as bytes.

#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/tcp_listener.hpp"
#include "os/socket.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace exec::net {

struct FreePort {
    os::Fd socket; // listens
    std::uint16_t port;
};

inline FreePort listen_at_free_port(std::string const& address = "127.0.0.1") {
    auto socket = *listen_at(address, 0);
    auto const port = os::SocketAddress::of_socket(socket.number())->port();
    return {.socket = std::move(socket), .port = port};
}

inline Result<std::size_t>
send_text(Connection& connection, std::string_view text, bool nonblocking = false) {
    std::array const buffers{std::as_bytes(std::span{text})};
    return connection.send(buffers, nonblocking);
}

// What one receive of at most `size` bytes brings; "" at the end, "error N" for an error.
inline std::string receive_text(Connection& connection, std::size_t size, ReceiveHow how = {}) {
    std::string text(size, '\0');
    std::array const buffers{std::as_writable_bytes(std::span{text})};
    auto const received = connection.receive(buffers, how);
    if (!received) return "error " + std::to_string(static_cast<int>(received.error()));
    text.resize(received->bytes);
    return text;
}

inline std::string error_text(base::Errno error) {
    return "error " + std::to_string(static_cast<int>(error));
}

// Waits until `pollable` is ready, as poll_oneoff does; false after two seconds.
inline bool becomes_ready(Pollable& pollable, Direction direction) {
    for (int round = 0; round < 200; ++round) {
        WaitSet waits;
        if (pollable.ready(direction, waits)) return true;
        (void)os::poll(waits, os::Milliseconds{10});
    }
    return false;
}

} // namespace exec::net
