#pragma once

// Ends exec when its time is over, whatever it is doing.

#include <cstdint>

namespace exec {

// From now on. False: the system has no timer, and the host must see to it.
bool end_after(std::uint64_t milliseconds);

} // namespace exec
