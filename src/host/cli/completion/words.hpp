#pragma once

// The command tree as the completion scripts need it.

#include "host/cli/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace host::cli {

struct CompletedCommand {
    std::string name; // "config init"
    std::string summary;
    std::vector<Option> options; // --help among them; their targets must not be used
    std::vector<Operand> operands;
};

std::vector<CompletedCommand> completed_commands();

// First words of commands, each once.
std::vector<std::string> first_words();
// What commands begin with, without being one: "config", "key", "key sgx".
std::vector<std::string> groups();
// The words that may follow a group's, each once.
std::vector<std::string> next_words(std::string_view group);

std::string joined(std::vector<std::string> const& words);
std::string joined(std::vector<std::string_view> const& words);
std::string option_words(std::vector<Option> const& options); // "--backend --config -h --help"

} // namespace host::cli
