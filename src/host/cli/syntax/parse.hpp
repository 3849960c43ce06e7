#pragma once

// Reads a command line by its syntax.

#include "base/result.hpp"
#include "host/cli/syntax/syntax.hpp"

#include <span>
#include <string>
#include <string_view>

namespace host::cli {

struct UsageError {
    std::string text; // "unknown option '--bakend'"
    std::string hint; // "did you mean --backend?"; may be empty
};

template <class T> using OrUsage = base::Result<T, UsageError>;
using Words = std::span<std::string_view const>;

// Sets the targets of what was given, or stands in the environment.
OrUsage<void> parse(Syntax const& syntax, Words words);

} // namespace host::cli
