#pragma once

// Standard input, output and error of an application whose tenant is at the other end of a channel:
// nothing of them passes through the host's hands unencrypted.

#include "keep/exec/net/connection.hpp"
#include "keep/exec/provision/desk.hpp"

namespace exec::provision {

class StandardStream final : public net::Connection {
public:
    // `number`: 0, 1 or 2.
    StandardStream(Desk& desk, std::uint8_t number) : desk_{desk}, number_{number} {}

    base::Result<net::Received>
    receive(std::span<std::span<std::byte> const> out, net::ReceiveHow how) override;
    base::Result<std::size_t>
    send(std::span<std::span<std::byte const> const> in, bool nonblocking) override;
    base::Result<void> shutdown(net::ShutdownHow how) override;
    bool ready(net::Direction direction, net::WaitSet& waits) override;
    std::uint64_t readable_bytes() override;

private:
    Desk& desk_;
    std::uint8_t number_;
};

} // namespace exec::provision
