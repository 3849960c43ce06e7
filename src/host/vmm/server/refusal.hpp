#pragma once

// What a Keep's end means where its shim, and not its program, has ended it.

#include "host/vmm/server/request.hpp"
#include "os/failure.hpp"

#include <optional>

namespace host::vmm {

// Of an Exit: the shim has refused the program, because it is not the one that its image names.
std::optional<os::Failure> program_changed(Request const& exit);

} // namespace host::vmm
