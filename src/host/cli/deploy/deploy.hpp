#pragma once

// enarx deploy and enarx attach: hand an application to a Keep that proved what it is, and come
// back to it.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_deploy();
std::unique_ptr<Use> use_attach();

inline constexpr Command deploy_command{
    .name = "deploy",
    .summary = "Hand a package to a Keep on a host that you do not trust, and run it there",
    .details = "The Keep proves on an encrypted connection what it is before anything is handed "
               "to it; then it gets the package's key and the secrets, and proves what it has "
               "loaded before it is started. The host carries bytes that it cannot read.\n\n"
               "Evidence is judged as `enarx verify` judges it, by the same options. Standard "
               "input, output and error are the application's, and so is the exit status; how far "
               "things are is told on standard error.\n\n"
               "The key file of the package (FILE.key, which `enarx package --key` wrote) says "
               "what is granted: whoever has it can hand the package over.",
    .use = use_deploy,
    .runs_a_program = true,
};

inline constexpr Command attach_command{
    .name = "attach",
    .summary = "Come back to a package that runs in a Keep",
    .details = "Asks the Keep for evidence of what it runs, and goes on with its streams from "
               "where they are still kept: the last MiB.",
    .use = use_attach,
    .runs_a_program = true,
};

} // namespace host::cli
