#include "keep/exec/net/tcp_connection.hpp"

#include "keep/exec/net/io_vectors.hpp"
#include "os/socket.hpp"

namespace exec::net {
namespace {

int flags_of(ReceiveHow how) {
    int flags = 0;
    if (how.peek) flags |= MSG_PEEK;
    if (how.wait_all) flags |= MSG_WAITALL;
    if (how.nonblocking) flags |= MSG_DONTWAIT;
    return flags;
}

int number_of(ShutdownHow how) {
    switch (how) {
    case ShutdownHow::Read:
        return SHUT_RD;
    case ShutdownHow::Write:
        return SHUT_WR;
    case ShutdownHow::Both:
        break;
    }
    return SHUT_RDWR;
}

} // namespace

Result<Received> TcpConnection::receive(std::span<std::span<std::byte> const> out, ReceiveHow how) {
    IoVectors vectors{out};
    if (vectors.empty()) return Received{}; // Linux would wait for the first byte
    auto const bytes = TRY(os::receive(socket_.number(), vectors.entries(), flags_of(how)));
    return Received{.bytes = bytes};
}

Result<std::size_t>
TcpConnection::send(std::span<std::span<std::byte const> const> in, bool nonblocking) {
    IoVectors vectors{in};
    return os::send(socket_.number(), vectors.entries(), nonblocking ? MSG_DONTWAIT : 0);
}

Result<void> TcpConnection::shutdown(ShutdownHow how) {
    return os::shutdown(socket_.number(), number_of(how));
}

bool TcpConnection::ready(Direction direction, WaitSet& waits) {
    short const events = direction == Direction::Read ? POLLIN : POLLOUT;
    auto const now = os::poll_now(socket_.number(), events);
    if (!now || *now != 0) return true;
    waits.push_back({.fd = socket_.number(), .events = events, .revents = 0});
    return false;
}

std::uint64_t TcpConnection::readable_bytes() {
    return os::unread_bytes(socket_.number()).value_or(0);
}

std::optional<Pollable::Watched> TcpConnection::watched(Direction direction) {
    pollfd const entry{.fd = socket_.number(), .events = events_of(direction), .revents = 0};
    return Watched{.entry = entry, .tells_all = true};
}

bool TcpConnection::hung_up(std::optional<short> found) {
    return is_gone(found ? *found : os::poll_now(socket_.number(), POLLRDHUP).value_or(POLLERR));
}

} // namespace exec::net
