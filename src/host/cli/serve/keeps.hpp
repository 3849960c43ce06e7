#pragma once

// `enarx keeps`: a customer's Keeps on a host that runs `enarx serve`.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_keeps();

inline constexpr Command deployments_command{
    .name = "deployments",
    .summary = "The same as `enarx keeps`",
    .details = "What you have deployed to a host that runs `enarx serve`: your Keeps there.",
    .use = use_keeps,
    .hidden = true,
};

inline constexpr Command keeps_command{
    .name = "keeps",
    .summary = "List and end your Keeps on a host",
    .details = "Asks a host that runs `enarx serve` for the Keeps of the customer whom the token "
               "names, as the host sees them; what the host says is not proved. --stop ends one: "
               "its application gets no farewell.",
    .use = use_keeps,
};

} // namespace host::cli
