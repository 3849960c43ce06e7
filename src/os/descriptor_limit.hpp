#pragma once

// How many descriptors this process, and what it starts, may have open.

#include <cstdint>

namespace os {

// Raises the limit to `wanted`, as far as the administrator lets this user; a higher one stays.
void allow_descriptors(std::uint64_t wanted);

} // namespace os
