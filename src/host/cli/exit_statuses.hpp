#pragma once

// The exit statuses of each command, as help, manual and documentation show them. One rule: a
// command that hands on the status of a program (run, exec) has 125 for what is its own, wrong
// usage too, as 1 and 2 are the program's; all others have 1 and 2. What judges evidence has 3
// besides.

#include "host/cli/command.hpp"

#include <array>
#include <span>
#include <string_view>

namespace host::cli {

struct StatusRow {
    std::string_view status;
    std::string_view meaning;
};

inline constexpr std::array statuses_with_a_program{
    StatusRow{"0-255", "the program's own status"},
    StatusRow{"124", "the application did not end within --timeout"},
    StatusRow{"125", "Enarx failed: usage, configuration, backend, files, network"},
    StatusRow{"126", "the file is there, but it cannot be run"},
    StatusRow{"127", "there is no file of that name"},
    StatusRow{"134", "the application was stopped by a trap"},
    StatusRow{"137", "out of memory"},
    StatusRow{"130, 143", "ended by SIGINT or SIGTERM (it dies by that signal)"},
};

inline constexpr std::array statuses_without_a_program{
    StatusRow{"0", "success"},
    StatusRow{"1", "failure"},
    StatusRow{"2", "wrong usage"},
};

inline constexpr std::array statuses_of_a_verdict{
    StatusRow{"0", "accepted"},
    StatusRow{"1", "refused (the rule, what was expected and found, and where), or failure"},
    StatusRow{"2", "wrong usage"},
    StatusRow{"3", "undecided (what is missing, stale or of another platform, and how to get it)"},
};

constexpr std::span<StatusRow const> exit_statuses(Command const& command) {
    if (command.runs_a_program) return statuses_with_a_program;
    if (command.judges) return statuses_of_a_verdict;
    return statuses_without_a_program;
}

} // namespace host::cli
