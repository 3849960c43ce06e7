#pragma once

// `enarx keep`: starts one empty Keep that waits for its tenant at a socket of this machine.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_keep();

inline constexpr Command keep_command{
    .name = "keep",
    .summary = "Start an empty Keep that waits for its tenant.",
    .details = "The Keep has no application and takes none from this machine: a tenant connects to "
               "its socket (`enarx deploy`), sees evidence of what the Keep is, and hands it an "
               "application sealed for this Keep alone. `enarx serve` starts such Keeps for "
               "tenants elsewhere.\n"
               "Where the tenant's application listens and connects, --listen and --connect have "
               "to allow it.",
    .use = use_keep,
    .runs_a_program = true,
};

} // namespace host::cli
