#pragma once

// Copies a tree of one mount into an empty one of another.

#include "keep/exec/vfs/file_system.hpp"

namespace exec::vfs::package {

// Errors as make_package() has them.
Result<void> copy(Directory& from, Directory& to);

} // namespace exec::vfs::package
