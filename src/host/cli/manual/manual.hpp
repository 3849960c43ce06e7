#pragma once

// enarx manual: the manual pages, made from the command tree. The build calls it; `man enarx` shows
// the outcome.

#include "host/cli/command.hpp"

#include <string>

namespace host::cli {

std::unique_ptr<Use> use_manual();

inline constexpr Command manual_command{
    .name = "manual",
    .summary = "Write all manual pages into a folder",
    .details = {},
    .use = use_manual,
    .hidden = true,
};

std::string program_page();                       // enarx(1)
std::string command_page(Command const& command); // enarx-run(1), ...
std::string page_name(Command const& command);    // "enarx-config-init"

} // namespace host::cli
