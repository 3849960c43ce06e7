#pragma once

// enarx platform info: which Keeps this host can run, what is missing for the others, and how to
// get it.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_platform_info();

inline constexpr Command platform_info_command{
    .name = "platform info",
    .summary = "Show which Keeps this host can run, and what is missing",
    .details =
        "For each backend: what the hardware and the kernel must have, then what must be set up.",
    .use = use_platform_info,
};

} // namespace host::cli
