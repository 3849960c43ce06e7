#pragma once

// Whether a request was meant for this machine, by the name in its Host header.

#include <string_view>

namespace net::server {

// Whether a Host header names this machine itself: what a browser sends that was led here under a
// name of somebody else's (DNS rebinding) does not.
bool names_this_machine(std::string_view host);

} // namespace net::server
