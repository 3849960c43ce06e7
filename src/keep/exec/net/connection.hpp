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

// Something that poll_oneoff can wait for.
class Pollable {
public:
    virtual ~Pollable() = default;

    // True: an operation in this direction would not block now (data, end of stream or an error is
    // there). Otherwise makes what progress it can (a handshake, say) and appends what poll(2) must
    // wait for before it is worth asking again.
    virtual bool ready(Direction direction, WaitSet& waits) = 0;
    // A socket of which poll(2) knows what ready() would tell, so that one wait answers for many of
    // them. Nothing: ready() must be asked.
    virtual std::optional<int> plain_socket(Direction /*direction*/) const { return {}; }
    virtual std::uint64_t readable_bytes() { return 0; } // without blocking; a lower bound
    virtual bool hung_up() { return false; }             // the peer will send nothing more
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
