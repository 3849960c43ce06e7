#pragma once

// Where the application may listen and connect to, where no machine around the Keep sees to that:
// its host has said so, and exec holds itself to it.

#include "os/socket_address.hpp"

#include <cstdint>
#include <string_view>

namespace exec::net {

// Each line of the text is "listen ADDRESS PORT" or "connect HOST PORT", and what stands in none of
// them is refused from now on. Once, before anything else of this folder is called.
void hold_to(std::string_view places);

bool may_listen(os::SocketAddress const& at);
bool may_connect(std::string_view host, std::uint16_t port);

} // namespace exec::net
