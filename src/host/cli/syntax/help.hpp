#pragma once

// Help texts, made from the syntax of a command.

#include "host/cli/command.hpp"

#include <string>

namespace host::cli {

std::string usage_line(
    Command const& command, Syntax const& syntax
);                                              // "enarx run [OPTIONS] APPLICATION [ARGUMENT...]"
std::string option_names(Option const& option); // "-h, --help" or "    --dir HOST[::GUEST]"

std::string command_help(Command const& command);
std::string group_help(std::string_view group);
std::string program_help();

} // namespace host::cli
