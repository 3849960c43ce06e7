#pragma once

// Writing all of something, however the system cuts it up.

#include "base/result.hpp"

#include <cstddef>
#include <span>

namespace os {

base::Result<void> write_all(int descriptor, std::span<std::byte const> bytes);

} // namespace os
