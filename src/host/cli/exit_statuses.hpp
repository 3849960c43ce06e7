#pragma once

// The exit statuses of each command, as help, manual and documentation show them. One rule: a
// command that hands on the status of a program (run, exec) has 125 for what is its own, wrong
// usage too, as 1 and 2 are the program's; all others have 1 and 2.

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

constexpr std::span<StatusRow const> exit_statuses(bool runs_a_program) {
    if (runs_a_program) return statuses_with_a_program;
    return statuses_without_a_program;
}

} // namespace host::cli
