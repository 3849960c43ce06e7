#pragma once

// What a package's manifest and configuration say, wherever they came from: a file, a registry.

#include "host/cli/package/package_file.hpp"
#include "package/oci/manifest.hpp"

#include <vector>

namespace host::cli {

// "package-unknown": it is something else; "package-damaged": it is none of its form.
os::OrFailure<package::oci::Manifest> manifest_of(std::string const& where, base::View bytes);
os::OrFailure<package::oci::Config>
config_of(std::string const& where, package::oci::Manifest const& manifest, base::View bytes);

struct PackageContents {
    std::vector<std::byte> manifest_bytes;
    std::vector<std::byte> config_bytes;
    package::oci::Manifest manifest;
    package::oci::Config config;
};

// Both as their digests say, and every layer there and of its size. What layers hold is not looked
// at.
os::OrFailure<PackageContents> contents_of(PackageFile const& file, std::string const& path);
// Whether a blob of the file is what its digest says.
bool intact(PackageFile const& file, package::oci::Descriptor const& blob);

} // namespace host::cli
