#pragma once

// A host that starts Keeps for its customers (`enarx serve`), and passes bytes on to them. It is
// not trusted: what is asked of it here is no secret, but the token that says who pays.

#include "host/cli/deploy/host_access.hpp"
#include "host/cli/deploy/reach.hpp"
#include "host/cli/package/package_file.hpp"

#include <vector>

namespace host::cli {

struct HostWish {
    HostAccess access;
    std::optional<std::string> backend;
    std::optional<std::string> memory;
    std::vector<std::string> listen; // "0.0.0.0:8443": of the application
    std::vector<std::string> connect;
    // Where the Keep itself would get the package from; nothing depends on it.
    std::optional<std::string> registry;
};

// `id`: a Keep that is there already; none: one is started. `package`: its blobs are left in the
// host's cache, if it takes them.
std::unique_ptr<Reach>
reach_host(HostWish wish, std::optional<std::string> id, PackageFile const* package);

} // namespace host::cli
