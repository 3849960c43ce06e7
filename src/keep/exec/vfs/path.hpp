#pragma once

// What a path is made of, by the rules that all mounts share.

#include "base/result.hpp"

#include <cstddef>
#include <string_view>

namespace exec::vfs {

inline constexpr std::size_t longest_name = 255;  // bytes, as Linux has it (NAME_MAX)
inline constexpr std::size_t longest_path = 4095; // bytes, without a closing NUL (PATH_MAX - 1)
inline constexpr unsigned most_links = 40;        // symbolic links on the way to one file

bool valid_utf8(std::string_view text);

// NoEnt: empty; Perm: starts with '/'; Inval: holds a NUL; NameTooLong; IlSeq: no UTF-8.
base::Result<void> check_path(std::string_view path);

// The same for what a symbolic link says.
base::Result<void> check_target(std::string_view target);

struct Split {
    std::string_view parent; // empty: the directory that the path starts from
    std::string_view name;   // the last component; may be "." or ".."
    bool slash;              // slashes follow: only a directory will do
};

// Takes a path that check_path() accepts apart.
Split split(std::string_view path);

std::string_view without_slashes(std::string_view path); // at its end

// One component, which can only name something in the very directory that the path starts from.
bool single(std::string_view path);

} // namespace exec::vfs
