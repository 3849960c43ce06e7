#pragma once

// enarx push, enarx pull: packages to and from registries of containers.

#include "host/cli/command.hpp"

namespace host::cli {

std::unique_ptr<Use> use_push();
std::unique_ptr<Use> use_pull();

inline constexpr Command push_command{
    .name = "push",
    .summary = "Put a package into a registry",
    .details =
        "Any registry of containers takes it (OCI distribution specification 1.1). What the "
        "registry has already is not sent again, and the package keeps its name, the digest of "
        "its manifest, wherever it goes.\n\n"
        "With --sign, signatures are put beside it that `cosign verify --key` accepts, of cosign 3 "
        "(a "
        "sigstore bundle that refers to the package) and of cosign 2 (a tag), and so do `enarx "
        "pull "
        "--signed-by` and `enarx deploy --signed-by`.\n\n"
        "The proxy is the one that https_proxy, http_proxy and no_proxy name.",
    .use = use_push,
};

inline constexpr Command pull_command{
    .name = "pull",
    .summary = "Fetch a package from a registry",
    .details =
        "The file is the same, byte for byte, that `enarx package` made. It is there whole or "
        "not at all, and every byte of it is what the digest says. A digest in the reference says "
        "which package it has to be; a tag is whatever the registry says it is.\n\n"
        "Signatures that the registry has of it are written beside it, as FILE.sig. With "
        "--signed-by nothing is fetched that the key has not signed.\n\n"
        "The proxy is the one that https_proxy, http_proxy and no_proxy name.",
    .use = use_pull,
};

} // namespace host::cli
