#pragma once

// Which lines of the log the user asked for. Nothing is logged unless he asks.

#include "base/log_line.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace base {

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

} // namespace base
