#pragma once

// The listeners and connections that a configuration opens before the application starts.

#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/identity.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"

#include <cstddef>
#include <memory>

namespace exec::net {

// `sockets` is what the application may have at a time; so many clients may be in their handshake,
// too.
os::OrFailure<std::unique_ptr<Listener>>
make_listener(package::Listen const& entry, Identity const& identity, std::size_t sockets);

// Connected, and over TLS with the server's certificate verified, when it returns.
os::OrFailure<std::unique_ptr<Connection>>
make_connection(package::Connect const& entry, Identity const& identity);

} // namespace exec::net
