#pragma once

// Writing all of something, however the system cuts it up.

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace os {

base::Result<void> write_all(int descriptor, std::span<std::byte const> bytes);

// The system's words for an error: "No space left on device".
std::string error_text(base::Errno error);

} // namespace os
