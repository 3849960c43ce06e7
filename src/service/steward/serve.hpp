#pragma once

// `enarx-steward serve`: the service until it is told to end.

#include "os/failure.hpp"

#include <string>

namespace service {

// Returns when SIGTERM or SIGINT came.
os::OrFailure<void> serve(std::string const& config);

} // namespace service
