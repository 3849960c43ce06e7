#pragma once

// enarx explain: what an error means and what to do.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_explain();

inline constexpr Command explain_command{
    .name = "explain",
    .summary = "Explain an error by its name",
    .details =
        "Each error message ends with its name, in parentheses. Without a name, all are listed.",
    .use = use_explain,
};

} // namespace host::cli
