#pragma once

// What a Keep tells any user of its application who asks on the application's own port: evidence of
// what it runs, once on each connection.

#include "keep/exec/net/aside.hpp"
#include "keep/exec/provision/states.hpp"

#include <memory>

namespace exec::provision {

// Threads of listeners may answer beside others that use the same: nothing of it ever changes.
net::AsideProtocol ready_protocol(std::shared_ptr<Ready const> ready);

} // namespace exec::provision
