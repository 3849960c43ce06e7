#pragma once

// Times to set, as the application names them.

#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/wasi/abi.hpp"

namespace exec::wasi {

// `flags`, "fstflags", say of each time whether it stays, is the given one or is now. Errno::Inval
// if they say two things of one time.
Result<vfs::Times>
times_to_set(std::uint64_t accessed_ns, std::uint64_t modified_ns, std::uint32_t flags);

} // namespace exec::wasi
