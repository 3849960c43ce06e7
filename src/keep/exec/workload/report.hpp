#pragma once

// How a start that failed, or an application that was stopped, reads on standard error.

#include "keep/exec/engine/instance.hpp"

#include <functional>
#include <string>

namespace exec {

// enarx: error: <what happened, to what> (<name>)
//   hint: <what to do>
//   see: enarx explain <name>
std::string failure_text(os::Failure const& failure);

// The same for a trap of this application, with the backtrace after its first line.
std::string trap_text(engine::TrapReport const& trap, std::string_view application);

// What exec itself had to say could not be written.
os::Failure output_failure(base::Errno error);

// The status that a failure of this name ends with.
int exit_status(os::Failure const& failure);

// Writes to standard error; nothing happens if that is closed.
void write_error(std::string_view text);

// From now on such texts go there instead: they may tell of what an application is, which is its
// tenant's to know.
void send_errors_to(std::function<void(std::string_view)> sink);

} // namespace exec
