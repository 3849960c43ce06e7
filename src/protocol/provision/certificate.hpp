#pragma once

// What the certificate that a service issues for a Keep says in words.

#include <string_view>

namespace protocol::provision {

// The subject's organizational unit where no hardware protects the Keep.
inline constexpr std::string_view no_hardware_protection = "NO HARDWARE PROTECTION";

} // namespace protocol::provision
