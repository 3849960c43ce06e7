#pragma once

// Waiting for descriptors, wherever the program keeps what it asks: an array (poll), sets (select).

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

struct Asked { // struct pollfd
    std::int32_t descriptor;
    std::int16_t wanted;
    std::int16_t found;
};

// Linux UAPI, asm-generic/poll.h.
namespace poll_event {
inline constexpr std::int16_t readable = 0x01; // POLLIN
inline constexpr std::int16_t urgent = 0x02;   // POLLPRI
inline constexpr std::int16_t writable = 0x04; // POLLOUT
inline constexpr std::int16_t error = 0x08;    // POLLERR
inline constexpr std::int16_t hang_up = 0x10;  // POLLHUP
inline constexpr std::int16_t invalid = 0x20;  // POLLNVAL
} // namespace poll_event

struct PollList {
    void* of;
    std::uint64_t count;
    // Each entry is loaded, and stored with what was found, twice: before and after the wait.
    base::Result<Asked> (*load)(void* of, std::uint64_t i);
    base::Result<void> (*store)(void* of, std::uint64_t i, Asked const& entry);
};

// How many entries have found something before the deadline of the monotonic clock.
Reply poll_until(SystemCall const& call, PollList const& list, std::uint64_t deadline);

} // namespace shim
