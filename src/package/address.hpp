#pragma once

// Internet addresses and host names as text: what may stand in `host` and `addr`.

#include <string_view>

namespace package {

bool ipv4_address(std::string_view text); // 192.0.2.1
bool ipv6_address(std::string_view text); // 2001:db8::1, ::ffff:192.0.2.1; no brackets, no zone

// A DNS name (RFC 1123 letters, digits and hyphens, and the underscore that service names use), or
// an address.
bool host_name(std::string_view text);

} // namespace package
