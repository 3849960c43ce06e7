#pragma once

// exec's own log. Nothing is logged unless the user asks for it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exec {

enum class Level : std::uint8_t { Error, Warn, Info, Debug, Trace };
enum class LogFormat : std::uint8_t { Text, Json };
enum class LogTarget : std::uint8_t { StandardOutput = 1, StandardError = 2 };

// Which lines to write: "info", "cache=debug", "warn,engine=trace"; a name covers what begins with
// it. What is no level is left out, as the command has checked the filter and told the user.
class LogFilter {
public:
    explicit LogFilter(std::string_view directives);

    bool wants(std::string_view target, Level level) const;

private:
    struct Directive {
        std::string target; // empty: all
        int most;           // the highest level that is written; -1: none
    };
    std::vector<Directive> directives_;
};

class Log {
public:
    Log(std::string_view filter, LogFormat format, LogTarget target = LogTarget::StandardError)
        : filter_{filter}, format_{format}, target_{target} {}

    bool wants(std::string_view target, Level level) const { return filter_.wants(target, level); }
    void write(std::string_view target, Level level, std::string_view message) const;

private:
    LogFilter filter_;
    LogFormat format_;
    LogTarget target_;
};

// One line as it is written, without its end; `now_ns` counts from 1970-01-01 UTC.
std::string log_line(
    LogFormat format,
    std::uint64_t now_ns,
    std::string_view target,
    Level level,
    std::string_view message
);

} // namespace exec
