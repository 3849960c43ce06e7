#pragma once

// `enarx serve`: the command line of a host for Keeps.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_serve();
std::unique_ptr<Use> use_serve_sweeper();

inline constexpr Command serve_command{
    .name = "serve",
    .summary = "Start empty Keeps for customers, and carry bytes to them",
    .details =
        "A host for Keeps: it answers requests over HTTPS (docs/serve.md), starts for each Keep a "
        "process of its own, and carries the bytes between a tenant and its Keep. What it carries "
        "it cannot read: a tenant believes the Keep, not this program. Its customers are known by "
        "tokens or client keys, since machines cost money.\n"
        "Without --customers, and only at loopback addresses, everybody is one customer, named "
        "local, who may use all of the host. SIGTERM ends the Keeps, then the program; when it is "
        "killed the Keeps end with it.",
    .use = use_serve,
};

inline constexpr Command serve_sweeper_command{
    .name = "serve-sweeper",
    .summary = "Remove a folder when standard input ends (a part of `enarx serve`)",
    .details = "",
    .use = use_serve_sweeper,
    .hidden = true,
};

} // namespace host::cli
