#pragma once

// Packages, as `enarx package` makes them.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_package(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_package(Subject const& subject, Global const& global);

inline constexpr Recogniser package_recogniser{"package", recognises_package, describe_package};

} // namespace host::cli
