#pragma once

// The folder where exec keeps compiled code: the user's own, and nobody else's.

#include "os/failure.hpp"
#include "os/fd.hpp"

namespace host::cli {

// $XDG_CACHE_HOME/enarx or ~/.cache/enarx, made if it is not there. What lies in it is run as
// native code, so it is refused if another user owns it or may write to it.
os::OrFailure<os::Fd> open_cache();

} // namespace host::cli
