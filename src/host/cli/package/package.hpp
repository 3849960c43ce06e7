#pragma once

// enarx package: an application as one file that can go anywhere.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_package();

inline constexpr Command package_command{
    .name = "package",
    .summary = "Make one encrypted file of an application",
    .details =
        "The file is an OCI image layout in a tar archive: registries and their tools take it. Its "
        "name is the digest of its manifest. Contents are encrypted with a key of their own, which "
        "is written beside it as FILE.key (mode 0600): who has that key can read the package. "
        "Whoever has the package alone sees the digests of workload and configuration, the names "
        "of secrets, and a length that is rounded up.\n\n"
        "With --key, a deployment of it is signed, too: it says which package and workload may be "
        "handed to Keeps under the tenant's name. FILE.key then holds it, and a key that may grant "
        "by it, so that the tenant's own key is not needed again.\n\n"
        "A plain package of the same folder is the same bytes, whoever makes it.",
    .use = use_package,
};

} // namespace host::cli
