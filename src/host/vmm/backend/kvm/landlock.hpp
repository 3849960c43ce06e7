#pragma once

// Landlock: what of the file system this process still reaches, by the folders themselves and not
// by their names (Documentation/userspace-api/landlock.rst). Any user may give up rights so; there
// is no way back.

#include "base/result.hpp"
#include "host/vmm/server/handles.hpp"

#include <span>

namespace host::vmm::kvm {

// The version of the kernel's interface; 0: it has none, or was started without.
int landlock_version();

// From now on this thread, and each that it starts, opens, makes and removes nothing outside of
// these folders, and in those that are read-only only reads. What is open stays so.
base::Result<void> keep_to(std::span<Handles::Open const> folders, int version);

} // namespace host::vmm::kvm
