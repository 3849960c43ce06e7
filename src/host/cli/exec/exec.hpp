#pragma once

// enarx exec: runs an ordinary program in a KVM Keep.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_exec();

inline constexpr Command exec_command{
    .name = "exec",
    .summary = "Run a static-pie program in a KVM Keep",
    .details =
        "For those who build on the shim. PROGRAM is an ELF file linked with -static-pie, of "
        "any language; what follows it is for the program. It has the standard streams, the "
        "directories of --dir and nothing else of the host. Its exit status is this "
        "command's, and the signal that ends it ends this command.",
    .use = use_exec,
    .runs_a_program = true,
};

} // namespace host::cli
