#pragma once

// Waiting: for descriptors, for time to pass, for another thread's turn.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <poll.h>

namespace os {

// Waits until one of `set` is ready, `timeout_ns` have passed (nothing: for ever) or a signal came,
// which is Errno::Intr. The value: how many are ready. With an empty set it sleeps.
base::Result<std::size_t> poll(std::span<pollfd> set, std::optional<std::uint64_t> timeout_ns);

void yield();

} // namespace os
