#pragma once

// Makes a package file: an OCI image layout in a tar archive (an "OCI archive"), with one layer
// that holds the tree, encrypted unless it is to be plain.

#include "crypto/wipe.hpp"
#include "host/cli/package/tree.hpp"
#include "package/oci/layer.hpp"

#include <optional>

namespace host::cli {

struct PackageWish {
    std::vector<TreeEntry> tree;
    std::string workload; // digests, hexadecimal
    std::string configuration;
    std::vector<std::string> secrets; // ascending
    bool encrypted = true;
};

struct BuiltPackage {
    package::oci::Manifest manifest;
    std::string digest;                     // of the manifest: the package's name
    std::optional<crypto::SecretBytes> key; // data encryption key; none of a plain package
};

// A new file, whole or not at all, never in the place of one that is there.
os::OrFailure<BuiltPackage> build_package(PackageWish const& wish, std::string const& path);

} // namespace host::cli
