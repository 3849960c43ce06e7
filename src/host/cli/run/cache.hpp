#pragma once

// Where this user's caches lie: a folder of its own for each use, the user's alone.

#include "os/failure.hpp"
#include "os/folder.hpp"

#include <string>

namespace host::cli {

struct Cache {
    os::Folder all;    // $XDG_CACHE_HOME/enarx or ~/.cache/enarx
    os::Folder folder; // the one of that use in it
};

// Both are made if they are not there. What lies in them is believed later, so they are refused if
// another user owns them or may write to them.
os::OrFailure<Cache> open_cache(std::string const& use);

} // namespace host::cli
