#pragma once

// Opening below a directory, and never anywhere else, whatever changes meanwhile: openat2(2).
//
// Another file system that is mounted below the directory is part of it, as it is for every other
// program: whoever hands in /srv/data means the volume at /srv/data/archive, too.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstdint>

#include <linux/openat2.h>

namespace os {

// `flags` and `mode` as for open(2); O_CLOEXEC is added. XDev: the path leads out of `directory`,
// by "..", by a symbolic link or by a leading '/'. NoSys: a kernel before Linux 5.6, or something
// between us and it that does not let the call pass.
base::Result<Fd> open_beneath(Fd const& directory, char const* path, int flags, unsigned mode = 0);

// The same for whoever must say where the words lie that the kernel reads: `how.resolve` is
// `beneath`, `how.flags` comes from beneath_flags().
base::Result<Fd> open_beneath(Fd const& directory, char const* path, ::open_how const& how);
inline constexpr std::uint64_t beneath = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
std::uint64_t beneath_flags(int flags);

} // namespace os
