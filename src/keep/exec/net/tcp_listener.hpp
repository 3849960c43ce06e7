#pragma once

// A TCP socket that clients connect to.

#include "keep/exec/net/connection.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <cstdint>
#include <string>

namespace exec::net {

// Listens at an IP literal or a name; "::" takes IPv4 as well, and stands for 0.0.0.0 where the
// host has no IPv6. Nonblocking.
os::OrFailure<os::Fd> listen_at(std::string const& address, std::uint16_t port);

// The next client's socket; Errno::Again: none is there. Clients that left while they waited are
// passed over.
Result<os::Fd> next_client(int listener);

class TcpListener final : public Listener {
public:
    explicit TcpListener(os::Fd socket) : socket_{std::move(socket)} {} // as of listen_at

    Result<std::unique_ptr<Connection>> accept(bool nonblocking) override;
    bool ready(Direction direction, WaitSet& waits) override;
    std::optional<Watched> watched(Direction direction) override;

private:
    os::Fd socket_;
};

} // namespace exec::net
