// Exits, or dies by a signal.

#include "keep/exec/workload/leave.hpp"

#include <csignal>

#include <unistd.h>

namespace exec {

void leave(Outcome outcome) {
    if (auto const* exit = std::get_if<Exit>(&outcome)) ::_exit(exit->status);
    int const signal = std::get<Signalled>(outcome).signal;
    (void)std::signal(signal, SIG_DFL);
    (void)std::raise(signal);
    ::_exit(128 + signal); // it was none that ends a process
}

} // namespace exec
