#pragma once

// From the words of the lower floors, Linux error numbers and file system types, to those of WASI.

#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/wasi/abi.hpp"

#include <utility>

#include <sys/stat.h>

namespace exec::wasi {

// A number that WASI has no name for is Errno::Io.
Errno to_wasi(base::Errno error);

// The same Result with WASI's error: TRY(to_wasi(file.stat())).
template <class T> Result<T> to_wasi(base::Result<T> result) {
    if (!result) return std::unexpected(to_wasi(result.error()));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*result);
}

FileType to_wasi(vfs::FileType type);
FileStat to_wasi(vfs::Stat const& stat);

// Of a descriptor that the host gave us. A time before 1970 is 0.
FileType type_of(struct ::stat const& stat);
FileStat to_wasi(struct ::stat const& stat);

} // namespace exec::wasi
