#pragma once

// Moments of the monotonic clock from what a program gives as a timespec.

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

// The moment that lies the timespec at `at` after now; forever if `at` is null.
base::Result<std::uint64_t> deadline_after(Kernel& kernel, std::uint64_t at);
// The moment at which `clock` shows the timespec at `at`; forever if `at` is null.
base::Result<std::uint64_t> deadline_at(Kernel& kernel, std::uint64_t at, ClockId clock);

} // namespace shim
