#pragma once

// A package file laid out as a folder of its blobs, as a Keep takes them from its host.

#include "os/failure.hpp"
#include "os/fd.hpp"

#include <string>

namespace host::cli {

// A folder of the user's alone, below the one for temporary files. It goes when this process ends,
// whatever it becomes and however it ends.
os::OrFailure<os::Fd> lay_blobs(std::string const& package);

} // namespace host::cli
