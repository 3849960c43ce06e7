#pragma once

// What `enarx inspect` tells of a module.

#include "keep/exec/workload/application.hpp"

#include <string>
#include <string_view>

namespace exec {

// One JSON object.
os::OrFailure<std::string> inspect(Application const& application, std::string_view name);

} // namespace exec
