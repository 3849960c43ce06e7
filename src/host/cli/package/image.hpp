#pragma once

// A package whose layers others encrypted, as `skopeo copy --encryption-key` does (package/oci/
// ocicrypt.hpp): in a file, with the private key for which the layers' keys were wrapped.

#include "crypto/wipe.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"
#include "package/oci/manifest.hpp"

#include <string>

namespace host::cli {

struct OpenedImage {
    package::oci::Manifest manifest;
    std::string digest;                   // of the manifest: the package's name
    package::oci::Config config;          // as it says; the Keep compares what it loads
    package::Configuration configuration; // Enarx.toml, empty where there is none
    crypto::SecretBytes key;              // of all its layers, as a grant brings it
};

// Every layer was read and decrypted as a Keep does it. "package-key-wrong": the key opens none of
// those that the image brings, or another image's layers.
os::OrFailure<OpenedImage> open_image(std::string const& path, std::string const& key_path);

} // namespace host::cli
