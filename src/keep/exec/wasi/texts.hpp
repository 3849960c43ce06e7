#pragma once

// A list of texts, arguments or environment, handed to the application.

#include "keep/exec/wasi/guest_memory.hpp"

#include <span>
#include <string>

namespace exec::wasi {

// How many texts, and the bytes of all with a NUL behind each. Errno::Overflow if that is no number
// of 32 bits.
Result<void> write_sizes(
    GuestMemory memory,
    std::span<std::string const> texts,
    Pointer<std::uint32_t> count,
    Pointer<std::uint32_t> bytes
);

// The texts one after another at `to`, and where each begins at `pointers`.
Result<void> write_texts(
    GuestMemory memory,
    std::span<std::string const> texts,
    Pointer<std::uint32_t> pointers,
    Pointer<std::byte> to
);

} // namespace exec::wasi
