#pragma once

// A file that others read while it is exchanged: they find the former one or the new one, whole,
// and after a crash, too.

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace os {

// On the disk with its name when it returns. Where it fails the former file is still there. One
// writer for each path; everybody may read the file as far as the umask allows.
base::Result<void> replace_file(std::string const& path, std::span<std::byte const> bytes);

// The file at `from` takes the name `to`, and the place of what has it; on the disk when it
// returns.
base::Result<void> rename_file(std::string const& from, std::string const& to);

} // namespace os
