#pragma once

// Which addresses a name stands for.

#include "os/failure.hpp"
#include "os/socket_address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace exec::net {

// In the order in which to try them, at least one. IP literals (::1, [::1]) and `localhost` are
// known without asking. Anything else is asked of /etc/hosts and DNS, and the answer is the host's
// word: whoever is reached there has to prove by its certificate (TLS) who it is.
os::OrFailure<std::vector<os::SocketAddress>> resolve(std::string const& name, std::uint16_t port);

} // namespace exec::net
