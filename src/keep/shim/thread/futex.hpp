#pragma once

// Waiting for a word of memory to change, Linux futex(2).

#include "keep/shim/event/kernel.hpp"

namespace shim {

// Wakes up to `count` threads that wait at `at` with a common bit; answers with how many.
std::uint64_t wake_futex(Kernel& kernel, std::uint64_t at, std::uint64_t count, std::uint32_t mask);

} // namespace shim
