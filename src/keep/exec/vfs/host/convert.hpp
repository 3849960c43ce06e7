#pragma once

// Between what Linux says of files and what a mount says.

#include "keep/exec/vfs/file_system.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

namespace exec::vfs::host {

FileType type_of_mode(::mode_t mode);
FileType type_of_entry(unsigned char d_type); // DT_...
Stat convert(struct ::stat const& stat);
std::array<::timespec, 2> convert(Times times);

// A path as an application gives it, checked, as the host's bytes: in `room` where they differ.
Result<std::string_view> given_path(std::string_view path, std::string& room);

// An error of a path that was opened beneath: the way out of it is Perm.
base::Errno escape(base::Errno error);

} // namespace exec::vfs::host
