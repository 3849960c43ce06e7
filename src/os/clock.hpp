#pragma once

// The clocks of this process, in nanoseconds.

#include "base/result.hpp"

#include <cstdint>

namespace os {

enum class Clock : std::uint8_t { Realtime, Monotonic, ProcessCpu, ThreadCpu };

// Realtime counts from 1970-01-01 UTC; the others from a moment of their own.
base::Result<std::uint64_t> now_ns(Clock clock);
base::Result<std::uint64_t> resolution_ns(Clock clock);

} // namespace os
