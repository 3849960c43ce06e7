#pragma once

// Which thread runs on which vCPU, and what a vCPU does without one.

#include "keep/shim/event/kernel.hpp"

namespace shim {

// Puts the thread that waits for this vCPU into `frame`.
void begin_thread(Kernel& kernel, Frame& frame);

} // namespace shim
