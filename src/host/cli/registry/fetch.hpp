#pragma once

// A package from a registry as a new file.

#include "net/registry/registry.hpp"
#include "os/failure.hpp"

#include <string>

namespace host::cli {

struct FetchedPackage {
    std::string digest;
    std::uint64_t bytes = 0; // of its layers
};

// `manifest`: what the registry gave, whose digest is right. The file is there whole or not at all,
// and never in the place of another one.
os::OrFailure<FetchedPackage> fetch_package(
    net::registry::Registry& registry,
    net::registry::ManifestBytes const& manifest,
    std::string const& path
);

} // namespace host::cli
