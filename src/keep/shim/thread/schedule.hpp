#pragma once

// Which thread runs on which vCPU, how one waits, and what a vCPU does without a thread.

#include "keep/shim/event/kernel.hpp"

namespace shim {

inline constexpr std::uint64_t forever = ~0ULL;

// A vCPU without a thread: one that is idle, or a new one. Again if all are taken.
base::Result<unsigned> find_cpu(Kernel& kernel);
// Lets the thread that was put into threads[cpu] begin there.
base::Result<void> launch_thread(Kernel& kernel, unsigned cpu);
// Puts the thread that waits for this vCPU into `frame`.
void begin_thread(Kernel& kernel, Frame& frame);
// Waits in the host until another thread wakes this one, or `deadline` of the monotonic clock.
void park(Kernel& kernel, std::uint64_t deadline_ns);
void wake(Kernel& kernel, Thread& thread);
// Wakes up to `count` threads that wait at `at` with a common bit (futex(2)); how many it were.
std::uint64_t wake_futex(Kernel& kernel, std::uint64_t at, std::uint64_t count, std::uint32_t mask);
// The thread is over; returns when this vCPU has a new one.
void end_thread(Kernel& kernel, Frame& frame);

} // namespace shim
