#pragma once

// The socket system calls, as Results. Nothing is retried: a signal with a handler ends a blocking
// call with Errno::Intr.

#include "base/result.hpp"
#include "os/fd.hpp"
#include "os/socket_address.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include <poll.h>
#include <sys/uio.h>

namespace os {

using base::Result;
using Milliseconds = std::chrono::milliseconds;

Result<Fd> stream_socket(int family);   // nonblocking, closed at exec
Result<void> make_blocking(int socket); // one of those

Result<void> reuse_address(int socket);
Result<void> dual_stack(int socket); // an IPv6 socket that takes IPv4, too
Result<void> no_delay(int socket);   // sockets accepted from a listener inherit it
Result<void> keep_alive(int socket); // notices a peer that vanished; inherited in the same way

Result<void> bind(int socket, SocketAddress const& address);
Result<void> listen(int socket, int backlog);
Result<Fd> accept(int listener); // the new socket is a blocking one
Result<void>
connect(int socket, SocketAddress const& address); // Errno::InProgress: wait until it is writable
Result<void> pending_error(int socket);            // what became of it

// `flags` are those of recvmsg and sendmsg. A send never raises SIGPIPE.
Result<std::size_t> receive(int socket, std::span<iovec> out, int flags);
Result<std::size_t> send(int socket, std::span<iovec> in, int flags);
Result<std::size_t> receive(int socket, std::span<std::byte> out, int flags);
Result<std::size_t> send(int socket, std::span<std::byte const> in, int flags);
Result<void> shutdown(int socket, int how);

Result<std::size_t> unread_bytes(int socket);

// How many entries of `set` have something to report: 0 after `timeout`; none: waits for ever.
Result<std::size_t> poll(std::span<pollfd> set, std::optional<Milliseconds> timeout);
// What is true of one socket now; does not wait.
Result<short> poll_now(int socket, short events);

} // namespace os
