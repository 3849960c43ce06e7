#pragma once

// enarx config init: writes a commented Enarx.toml.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_config_init();

inline constexpr Command config_init_command{
    .name = "config init",
    .summary = "Write a commented Enarx.toml into this folder",
    .details = "As it stands, the file changes nothing. A file that is there already stays.",
    .use = use_config_init,
};

} // namespace host::cli
