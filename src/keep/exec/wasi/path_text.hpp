#pragma once

// Paths as the application passes them.

#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/wasi/guest_memory.hpp"

namespace exec::wasi {

// A path's text, at most as long as Linux takes one: Errno::NoEnt if it is empty.
inline Result<std::string> read_path(GuestMemory memory, Pointer<char> path, std::uint32_t length) {
    constexpr std::uint32_t longest = 4095; // bytes; PATH_MAX without its NUL
    auto text = TRY(memory.text(path, length, longest));
    if (text.empty()) return std::unexpected(Errno::NoEnt);
    return text;
}

// "lookupflags"
inline Result<vfs::Follow> follow_of(std::uint32_t flags) {
    if ((flags & ~lookup_flag::all) != 0) return std::unexpected(Errno::Inval);
    return vfs::Follow{(flags & lookup_flag::symlink_follow) != 0};
}

} // namespace exec::wasi
