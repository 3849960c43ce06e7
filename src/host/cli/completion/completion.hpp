#pragma once

// enarx completion: a script that completes commands and options in a shell.

#include "host/cli/command.hpp"

#include <string>

namespace host::cli {

std::unique_ptr<Use> use_completion();

inline constexpr Command completion_command{
    .name = "completion",
    .summary = "Print a completion script for bash, zsh or fish",
    .details = "Try it at once:\n  source <(enarx completion bash)\nAn installed Enarx brings the "
               "scripts along.",
    .use = use_completion,
};

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

} // namespace host::cli
