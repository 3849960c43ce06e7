#pragma once

// Enarx.toml.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_configuration(Subject const& subject);
os::OrFailure<std::optional<Json>>
describe_configuration(Subject const& subject, Global const& global);

inline constexpr Recogniser configuration_recogniser{
    "configuration", recognises_configuration, describe_configuration
};

} // namespace host::cli
