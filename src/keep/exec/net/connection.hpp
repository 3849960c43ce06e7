#pragma once

// Sockets as the application sees them: byte streams and listeners, over TCP or TLS, plus what poll
// needs of them.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <poll.h>

namespace exec::net {

using base::Result;

enum class Direction : bool { Read, Write };
using WaitSet = std::vector<::pollfd>;

// A peer that will send no more matters to those who read; poll(2) tells of it only if asked.
constexpr short events_of(Direction direction) {
    return direction == Direction::Read ? POLLIN | POLLRDHUP : POLLOUT;
}

constexpr bool is_gone(short found) {
    return (found & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

// Something that poll_oneoff can wait for.
class Pollable {
public:
    Pollable() = default;
    Pollable(Pollable const&) = delete;
    Pollable(Pollable&&) = delete;
    Pollable& operator=(Pollable const&) = delete;
    Pollable& operator=(Pollable&&) = delete;
    virtual ~Pollable() = default;

    // True: an operation in this direction would not block now (data, end of stream or an error is
    // there). Otherwise makes what progress it can (a handshake, say) and appends what poll(2) must
    // wait for before it is worth asking again.
    virtual bool ready(Direction direction, WaitSet& waits) = 0;
    // As long as poll(2) finds nothing for this entry, ready() would say no: so one wait answers
    // for many of them. Nothing: ready() must be asked.
    struct Watched {
        ::pollfd entry;
        bool tells_all; // what is found is what ready() would tell
    };
    virtual std::optional<Watched> watched(Direction /*direction*/) { return {}; }
    virtual std::uint64_t readable_bytes() { return 0; } // without blocking; a lower bound
    // The peer will send nothing more; `found` by poll(2), where POLLRDHUP was asked for just now.
    virtual bool hung_up(std::optional<short> /*found*/ = {}) { return false; }
};

struct ReceiveHow {
    bool peek = false;
    bool wait_all = false;
    bool nonblocking = false;
};
struct Received {
    std::size_t bytes = 0;  // 0: the peer has closed its side (TCP FIN, TLS close_notify)
    bool truncated = false; // of a datagram; streams never
};
enum class ShutdownHow : std::uint8_t { Read, Write, Both };

// A connected byte stream. Blocking operations block only this application's thread; nonblocking
// ones answer Errno::Again. A TLS connection whose peer vanished without close_notify reads as
// Errno::ConnReset, never as an orderly end. The destructor closes; for TLS it sends close_notify
// first, as far as that does not block.
class Connection : public Pollable {
public:
    virtual Result<Received> receive(std::span<std::span<std::byte> const> out, ReceiveHow how) = 0;
    virtual Result<std::size_t>
    send(std::span<std::span<std::byte const> const> in, bool nonblocking) = 0;
    virtual Result<void> shutdown(ShutdownHow how) = 0;
};

// A listening socket. Over TLS, accept() hands out only connections whose handshake is done:
// handshakes of several clients go on side by side, each with a deadline, so that a slow or hostile
// one holds nobody up.
class Listener : public Pollable {
public:
    virtual Result<std::unique_ptr<Connection>> accept(bool nonblocking) = 0;
};

} // namespace exec::net
