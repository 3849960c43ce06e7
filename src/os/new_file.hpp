#pragma once

// New files: whole or not at all, and never in the place of one that is there.

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace os {

enum class Readers : unsigned char { Owner, Everybody }; // mode 0600, or 0644 as the umask allows

// Errno::Exist where there is anything of that name already.
base::Result<void>
write_new_file(std::string const& path, std::span<std::byte const> bytes, Readers readers);

} // namespace os
