#pragma once

// exec's own log. Nothing is logged unless the user asks for it.

#include "base/log_filter.hpp"

#include <cstdint>
#include <string_view>

namespace exec {

using base::Level;
using base::LogFormat;
enum class LogTarget : std::uint8_t { StandardOutput = 1, StandardError = 2 };

class Log {
public:
    Log(std::string_view filter, LogFormat format, LogTarget target = LogTarget::StandardError)
        : filter_{filter}, format_{format}, target_{target} {}

    bool wants(std::string_view target, Level level) const { return filter_.wants(target, level); }
    void write(std::string_view target, Level level, std::string_view message) const;

private:
    base::LogFilter filter_;
    LogFormat format_;
    LogTarget target_;
};

} // namespace exec
