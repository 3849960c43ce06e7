#pragma once

// Times on the command line.

#include "os/failure.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace host::cli {

// RFC 3339, to the second, with a zone: 2026-11-21T10:00:00Z or +01:00. Not before 2000.
os::OrFailure<std::chrono::sys_seconds> parse_time(std::string_view text);
// That time, or where none is said the host's.
os::OrFailure<std::chrono::sys_seconds> time_or_now(std::optional<std::string> const& text);

} // namespace host::cli
