#pragma once

// A description for people.

#include "host/cli/inspect/recogniser.hpp"

#include <string>

namespace host::cli {

// One `name: value` a line; lists of objects have one line for each. Control characters, which a
// file may carry to deceive a terminal, become '?'.
std::string render(Json const& description);

} // namespace host::cli
