#pragma once

// A TCP connection as the application sees it: the kernel's socket, one system call per operation.

#include "keep/exec/net/connection.hpp"
#include "os/fd.hpp"

namespace exec::net {

class TcpConnection final : public Connection {
public:
    explicit TcpConnection(os::Fd socket) : socket_{std::move(socket)} {} // a blocking one

    Result<Received> receive(std::span<std::span<std::byte> const> out, ReceiveHow how) override;
    Result<std::size_t>
    send(std::span<std::span<std::byte const> const> in, bool nonblocking) override;
    Result<void> shutdown(ShutdownHow how) override;

    bool ready(Direction direction, WaitSet& waits) override;
    std::optional<Watched> watched(Direction direction) override;
    std::uint64_t readable_bytes() override;
    bool hung_up(std::optional<short> found = {}) override;

private:
    os::Fd socket_;
};

} // namespace exec::net
