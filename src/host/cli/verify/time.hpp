#pragma once

// Times on the command line.

#include "os/failure.hpp"

#include <chrono>
#include <string_view>

namespace host::cli {

// RFC 3339, to the second, with a zone: 2026-11-21T10:00:00Z or +01:00. Not before 2000.
os::OrFailure<std::chrono::sys_seconds> parse_time(std::string_view text);

} // namespace host::cli
