#pragma once

// How a Keep's end becomes the end of this process, and how its time is bounded.

#include "host/vmm/keep.hpp"

#include <cstdint>

namespace host::vmm::kvm {

// Ends this process with exit status 124 and the failure timed-out when the time is over.
base::Result<void> end_after(std::uint64_t milliseconds);

// Ends this process as the Keep ended: with its status, or by its signal.
[[noreturn]] void end_as(KeepEnd end);

} // namespace host::vmm::kvm
