#pragma once

// The commands of `enarx`. Each has a file of its own; a new one is a line in commands.cpp.

#include "host/cli/syntax/syntax.hpp"
#include "os/failure.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace host::cli {

// What stands before the command's name.
struct Global {
    std::uint64_t started_ns = 0; // CLOCK_MONOTONIC
    std::optional<std::string> log_filter = {};
    std::optional<std::string> log_format = {};
    std::optional<std::string> log_target = {};
};

// One use of a command. Its syntax points into it.
class Use {
public:
    virtual ~Use() = default;
    virtual Syntax syntax(Global& global) = 0;
    // The exit status, or what went wrong.
    virtual os::OrFailure<int> carry_out(Global const& global) = 0;
};

struct Command {
    std::string_view name;    // "run", "config init"
    std::string_view summary; // one line of the list of commands
    std::string_view details; // paragraphs of --help and of the manual page; may be empty
    std::unique_ptr<Use> (*use)();
    bool hidden = false;         // from lists
    bool runs_a_program = false; // and hands on its exit status: docs/exit-status.md
    bool judges = false;         // evidence, and so may end undecided
};

std::span<Command const> commands();
Command const* find_command(std::string_view name);
// Whether it is the first word of commands of two words.
bool command_group(std::string_view word);

// Options that stand before the command, and in every command that has a use for them.
std::vector<Option> log_options(Global& global);

} // namespace host::cli
