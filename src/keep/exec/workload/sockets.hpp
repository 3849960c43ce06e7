#pragma once

// The sockets that Enarx.toml wants open at the start.

#include "keep/exec/net/connection.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"

#include <memory>

namespace exec {

os::OrFailure<std::unique_ptr<net::Listener>> make_listener(package::Listen const& wanted);
os::OrFailure<std::unique_ptr<net::Connection>> make_connection(package::Connect const& wanted);

} // namespace exec
