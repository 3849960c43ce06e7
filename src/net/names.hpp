#pragma once

// Addresses of a host, by the resolver of the system.

#include "base/result.hpp"
#include "os/socket_address.hpp"

#include <string>
#include <vector>

namespace net {

// `host`: a name or a literal; `port`: a number. The error says why there is none. This waits as
// long as the system's resolver does.
base::Result<std::vector<os::SocketAddress>, std::string>
look_up(std::string const& host, std::string const& port);

} // namespace net
