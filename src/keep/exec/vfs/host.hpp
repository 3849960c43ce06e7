#pragma once

// The `host` mount: a directory of the host, untrusted, confined below its root by the kernel
// itself (RESOLVE_BENEATH), so also against whoever moves things about meanwhile.
//
// Only regular files, directories and devices without state (null, zero, full, random, urandom)
// open; anything else, such as a pipe, a socket or a disk, is Errno::NotSup.
//
// Names that are not UTF-8 are told with a character for each byte that belongs to none
// (host/spelling.hpp), and meant by the same spelling.

#include "keep/exec/vfs/file_system.hpp"
#include "os/fd.hpp"

#include <memory>

namespace exec::vfs {

enum class Access : std::uint8_t { ReadOnly, ReadWrite };

// `directory` may be an O_PATH descriptor. NotDir: it is none; NoSys: the kernel has no openat2(2)
// (Linux 5.6). Through a read-only mount every change is Errno::RoFs.
Result<std::unique_ptr<Directory>> make_host(os::Fd const& directory, Access access);

} // namespace exec::vfs
