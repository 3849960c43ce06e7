#pragma once

// The version, as CMakeLists.txt has it.

#include <string_view>

namespace host::cli {

inline constexpr std::string_view enarx_version = ENARX_VERSION;

} // namespace host::cli
