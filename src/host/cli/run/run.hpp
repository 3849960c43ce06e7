#pragma once

// enarx run: runs an application.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_run();

inline constexpr Command run_command{
    .name = "run",
    .summary = "Run a WebAssembly application in a Keep",
    .details = "APPLICATION is a WebAssembly module, binary or text, a folder with main.wasm and, "
               "if it likes, Enarx.toml, or - for "
               "standard input. What follows it is for the application. Arguments replace those of "
               "Enarx.toml; everything else "
               "adds to it or wins over it. Nothing of the host's environment, files or network is "
               "there for the application "
               "unless it is named here or in Enarx.toml.",
    .use = use_run,
    .runs_a_program = true,
};

} // namespace host::cli
