#pragma once

// enarx inspect: what a file is, and what matters of it.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_inspect();

inline constexpr Command inspect_command{
    .name = "inspect",
    .summary = "Show what a file is and what it needs",
    .details =
        "One command for all kinds of files, which are told apart by what is in them: WebAssembly "
        "modules (imports, and whether this build serves them; exports, memories, features, "
        "digests), folders with an application, packages, configurations, and whatever attestation "
        "is made "
        "of: reports, quotes, tokens, certificates, revocation lists, collateral, ID blocks, "
        "SIGSTRUCTs, SGXS streams, event logs (docs/measure.md has the list).\n"
        "Signatures and digests inside such a file are checked. Files that belong together, such "
        "as an event log and its quote, are checked against each other when they are named in one "
        "command. Nothing depends on the time, and nobody is asked: whether evidence is to be "
        "trusted is what `enarx verify` answers.\n"
        "Exit status: 0, or 1 where a file cannot be described or a check failed.",
    .use = use_inspect,
};

} // namespace host::cli
