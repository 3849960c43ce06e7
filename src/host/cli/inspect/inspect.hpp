#pragma once

// enarx inspect: what a file is, and what matters of it.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_inspect();

inline constexpr Command inspect_command{
    .name = "inspect",
    .summary = "Show what a file is and what it needs",
    .details = "One command for all kinds of files, which are told apart by what is in them: "
               "WebAssembly modules (imports, and whether this "
               "build serves them; exports, memories, features, digests), folders with an "
               "application, configurations.",
    .use = use_inspect,
};

} // namespace host::cli
