#include "keep/exec/net/tcp_listener.hpp"

#include "keep/exec/net/names.hpp"
#include "keep/exec/net/places.hpp"
#include "keep/exec/net/tcp_connection.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <array>

namespace exec::net {
namespace {

using base::Errno;
using os::SocketAddress;

constexpr int backlog = 4096; // Linux takes at most net.core.somaxconn of it

Result<os::Fd> listening_socket(SocketAddress const& address) {
    if (!may_listen(address)) return std::unexpected(Errno::Access);
    auto socket = TRY(os::stream_socket(address.family()));
    TRY(os::reuse_address(socket.number()));
    if (address.family() == AF_INET6) TRY(os::dual_stack(socket.number()));
    // An application cannot set it, and one that answers in small pieces would wait 40 ms for each.
    TRY(os::no_delay(socket.number()));
    TRY(os::bind(socket.number(), address));
    TRY(os::listen(socket.number(), backlog));
    return socket;
}

std::string_view failure_name(Errno error) {
    switch (error) {
    case Errno::AddrInUse:
        return "address-in-use";
    case Errno::Access:
    case Errno::Perm:
        return "address-not-permitted";
    default:
        return "address-invalid";
    }
}

bool without_ipv6(SocketAddress const& address, Errno error) {
    return address.family() == AF_INET6 && address.unspecified() &&
           (error == Errno::AfNoSupport || error == Errno::AddrNotAvail);
}

} // namespace

os::OrFailure<os::Fd> listen_at(std::string const& address, std::uint16_t port) {
    auto const found = TRY(resolve(address, port));
    auto socket = listening_socket(found.front());
    if (!socket && without_ipv6(found.front(), socket.error()))
        socket = listening_socket(SocketAddress::v4({.s_addr = 0}, port));
    if (socket) return std::move(*socket);
    std::string const reason{os::description(socket.error())};
    return std::unexpected(
        os::Failure{
            .name = failure_name(socket.error()),
            .text = "listen at " + found.front().to_string() + ": " + reason
        }
    );
}

Result<os::Fd> next_client(int listener) {
    // accept(2): errors that are the client's, or its network's, are reported by this call.
    static constexpr std::array of_the_client{
        Errno::ConnAborted,
        Errno::Proto,
        Errno::NetDown,
        Errno::NoProtoOpt,
        Errno::HostUnreach,
        Errno::NetUnreach,
        Errno::Intr,
    };
    while (true) {
        auto client = os::accept(listener);
        if (client || std::ranges::find(of_the_client, client.error()) == of_the_client.end())
            return client;
    }
}

Result<std::unique_ptr<Connection>> TcpListener::accept(bool nonblocking) {
    while (true) {
        auto client = next_client(socket_.number());
        if (client) return std::make_unique<TcpConnection>(std::move(*client));
        if (client.error() != Errno::Again || nonblocking) return std::unexpected(client.error());
        pollfd entry{.fd = socket_.number(), .events = POLLIN, .revents = 0};
        TRY(os::poll({&entry, 1}, std::nullopt));
    }
}

std::optional<Pollable::Watched> TcpListener::watched(Direction direction) {
    if (direction == Direction::Write) return {}; // poll(2) would wait for ever
    pollfd const entry{.fd = socket_.number(), .events = POLLIN, .revents = 0};
    return Watched{.entry = entry, .tells_all = true};
}

bool TcpListener::ready(Direction direction, WaitSet& waits) {
    if (direction == Direction::Write) return true; // a listener never waits to write
    auto const now = os::poll_now(socket_.number(), POLLIN);
    if (!now || *now != 0) return true;
    waits.push_back({.fd = socket_.number(), .events = POLLIN, .revents = 0});
    return false;
}

} // namespace exec::net
