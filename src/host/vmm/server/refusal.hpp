#pragma once

// What a Keep's end means where its shim, and not its program, has ended it.

#include "host/vmm/server/request.hpp"
#include "os/failure.hpp"

#include <optional>

namespace host::vmm {

// Of an Exit: the shim has refused the program, because it is not the one that its image names, or
// has given up.
std::optional<os::Failure> refusal(Request const& exit);

} // namespace host::vmm
