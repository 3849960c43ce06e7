#pragma once

// The end of this process.

#include <variant>

namespace exec {

struct Exit {
    int status;
};
struct Signalled {
    int signal; // that the application raised: exec dies by it
};
using Outcome = std::variant<Exit, Signalled>;

// Nothing is taken apart: the system takes all memory back at once.
[[noreturn]] void leave(Outcome outcome);

} // namespace exec
