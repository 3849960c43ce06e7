#include "os/socket.hpp"

#include "os/check.hpp"

#include <algorithm>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

namespace os {
namespace {

Result<void> set_option(int socket, int level, int name, int value) {
    return done(::setsockopt(socket, level, name, &value, sizeof value));
}

} // namespace

Result<Fd> stream_socket(int family) {
    return check_fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

// It has no other flag that could be lost: each call is an exit of a Keep.
Result<void> make_blocking(int socket) { return done(::fcntl(socket, F_SETFL, 0)); }

Result<void> reuse_address(int socket) { return set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1); }
Result<void> dual_stack(int socket) { return set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0); }
Result<void> no_delay(int socket) { return set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1); }

Result<void> keep_alive(int socket) {
    constexpr int quiet_seconds = 60;
    TRY(set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1));
    return set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, quiet_seconds);
}

Result<void> bind(int socket, SocketAddress const& address) {
    return done(::bind(socket, address.data(), address.size()));
}

Result<void> listen(int socket, int backlog) { return done(::listen(socket, backlog)); }

Result<Fd> accept(int listener) {
    return check_fd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
}

Result<void> connect(int socket, SocketAddress const& address) {
    return done(::connect(socket, address.data(), address.size()));
}

Result<void> pending_error(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    TRY(done(::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)));
    if (error != 0) return std::unexpected(base::Errno{error});
    return {};
}

Result<std::size_t> receive(int socket, std::span<iovec> out, int flags) {
    msghdr message{};
    message.msg_iov = out.data();
    message.msg_iovlen = out.size();
    return static_cast<std::size_t>(TRY(check(::recvmsg(socket, &message, flags))));
}

Result<std::size_t> send(int socket, std::span<iovec> in, int flags) {
    msghdr message{};
    message.msg_iov = in.data();
    message.msg_iovlen = in.size();
    return static_cast<std::size_t>(TRY(check(::sendmsg(socket, &message, flags | MSG_NOSIGNAL))));
}

Result<std::size_t> receive(int socket, std::span<std::byte> out, int flags) {
    return static_cast<std::size_t>(TRY(check(::recv(socket, out.data(), out.size(), flags))));
}

Result<std::size_t> send(int socket, std::span<std::byte const> in, int flags) {
    auto const sent = ::send(socket, in.data(), in.size(), flags | MSG_NOSIGNAL);
    return static_cast<std::size_t>(TRY(check(sent)));
}

Result<void> shutdown(int socket, int how) { return done(::shutdown(socket, how)); }

Result<std::size_t> unread_bytes(int socket) {
    int bytes = 0;
    TRY(done(::ioctl(socket, FIONREAD, &bytes)));
    return static_cast<std::size_t>(bytes);
}

Result<std::size_t> poll(std::span<pollfd> set, std::optional<Milliseconds> timeout) {
    timespec limit{};
    if (timeout) {
        auto const ms = std::max(timeout->count(), Milliseconds::rep{0});
        limit.tv_sec = ms / 1000;
        limit.tv_nsec = ms % 1000 * 1'000'000;
    }
    int const count = ::ppoll(set.data(), set.size(), timeout ? &limit : nullptr, nullptr);
    return static_cast<std::size_t>(TRY(check(count)));
}

Result<short> poll_now(int socket, short events) {
    pollfd entry{.fd = socket, .events = events, .revents = 0};
    TRY(poll({&entry, 1}, Milliseconds{0}));
    return entry.revents;
}

} // namespace os
