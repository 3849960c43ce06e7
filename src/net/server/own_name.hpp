#pragma once

// Whether a request was meant for this machine, by the name in its Host header.

#include <string_view>

namespace net::server {

// Whether a Host header names this machine itself: what a browser sends that was led here under a
// name of somebody else's (DNS rebinding) does not.
bool names_this_machine(std::string_view host);
// Or by an address, of whatever machine: behind one stands no name that somebody else could lead
// elsewhere.
bool names_this_machine_or_an_address(std::string_view host);

} // namespace net::server
