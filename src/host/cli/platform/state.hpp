#pragma once

// What this host has, asked now.

#include "host/cli/platform/render.hpp"

namespace host::cli {

PlatformState platform_state();

} // namespace host::cli
