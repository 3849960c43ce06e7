#pragma once

// Random numbers fit for keys. In a Keep they come from its own kernel, never from the host.

#include "base/result.hpp"

#include <cstddef>
#include <span>

namespace os {

// Fills all of `out`.
base::Result<void> random(std::span<std::byte> out);

} // namespace os
