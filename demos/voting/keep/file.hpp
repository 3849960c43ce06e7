#pragma once

// A file of the application's own file system, whole.

#include "base/view.hpp"

#include <optional>
#include <string>

namespace voting {

std::optional<std::string> read_file(char const* path);
bool write_file(char const* path, base::View bytes);

} // namespace voting
