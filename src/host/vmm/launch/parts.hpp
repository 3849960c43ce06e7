#pragma once

// Where the parts of this installation lie: exec and, later, the shims.

#include "os/failure.hpp"

#include <string>
#include <string_view>

namespace host::vmm {

// The absolute path of a part: beside the program in libexec/enarx/ (build tree), or in
// ../libexec/enarx/ (installed).
os::OrFailure<std::string> find_part(std::string_view name);

} // namespace host::vmm
