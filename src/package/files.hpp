#pragma once

// The entries of `[[files]]`, read strictly by their kind.

#include "package/reader.hpp"

namespace package {

// Entries in the order of the file; names and guest paths are unique where the application could
// ask for them.
Read<std::vector<File>> read_files(toml::table const& root);

} // namespace package
