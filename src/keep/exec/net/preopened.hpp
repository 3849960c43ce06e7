#pragma once

// The listeners and connections that a configuration opens before the application starts.

#include "keep/exec/net/aside.hpp"
#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/identity.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace exec::net {

// As many clients as the application may have sockets may be in their handshake besides. `closing`
// gets what TLS connections leave unsent when they are closed. `aside`: what the Keep speaks
// itself, where it shows its own key.
os::OrFailure<std::unique_ptr<Listener>> make_listener(
    package::Listen const& entry,
    Identity const& identity,
    package::Limits const& limits,
    std::shared_ptr<ClosingList> closing,
    std::optional<AsideProtocol> aside = {}
);

// Connected, and over TLS with the server's certificate verified, when it returns.
os::OrFailure<std::unique_ptr<Connection>> make_connection(
    package::Connect const& entry,
    Identity const& identity,
    std::shared_ptr<ClosingList> closing,
    std::chrono::milliseconds patience = std::chrono::seconds{10} // of the handshake
);

} // namespace exec::net
