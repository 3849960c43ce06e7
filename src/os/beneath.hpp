#pragma once

// Opening below a directory, and never anywhere else, whatever changes meanwhile: openat2(2).

#include "base/result.hpp"
#include "os/fd.hpp"

namespace os {

// `flags` and `mode` as for open(2); O_CLOEXEC is added. XDev: the path leads out of `directory`,
// by "..", by a symbolic link or by a leading '/'. NoSys: a kernel before Linux 5.6, or something
// between us and it that does not let the call pass.
base::Result<Fd> open_beneath(Fd const& directory, char const* path, int flags, unsigned mode = 0);

} // namespace os
