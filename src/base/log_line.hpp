#pragma once

// A line of the log, as text or JSON: the Keep's and its host's look the same.

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

enum class Level : std::uint8_t { Error, Warn, Info, Debug, Trace };
enum class LogFormat : std::uint8_t { Text, Json };

std::string_view name_of(Level level);

// One line as it is written, without its end; `now_ns` counts from 1970-01-01 UTC.
std::string log_line(
    LogFormat format,
    std::uint64_t now_ns,
    std::string_view target,
    Level level,
    std::string_view message
);

} // namespace base
