#pragma once

// The exit statuses of `enarx run`, as help, manual and documentation show them.

#include <array>
#include <string_view>

namespace host::cli {

struct StatusRow {
    std::string_view status;
    std::string_view meaning;
};

inline constexpr std::array exit_statuses{
    StatusRow{"0-255", "the application's own status"},
    StatusRow{"124", "the application did not end within --timeout"},
    StatusRow{"125", "Enarx failed: usage, configuration, backend, files, network"},
    StatusRow{"126", "the file is there, but it cannot be run"},
    StatusRow{"127", "there is no file of that name"},
    StatusRow{"134", "the application was stopped by a trap"},
    StatusRow{"137", "out of memory"},
    StatusRow{"130, 143", "ended by SIGINT or SIGTERM (it dies by that signal)"},
};

} // namespace host::cli
