#pragma once

// A TCP connection to a host by name.

#include "os/failure.hpp"
#include "os/fd.hpp"
#include "os/socket_address.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

namespace exec::net {

// Tries all addresses of `host` in turn. The socket is a blocking one.
os::OrFailure<os::Fd> dial(std::string const& host, std::uint16_t port);

// The first of the addresses that answers, each for at most `patience`, all of them for three times
// that: who answers for a name may give thousands. `what` names them all in the failure.
os::OrFailure<os::Fd> dial_one_of(
    std::span<os::SocketAddress const> addresses,
    std::string const& what,
    std::chrono::milliseconds patience
);

} // namespace exec::net
