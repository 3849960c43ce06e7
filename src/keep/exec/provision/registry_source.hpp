#pragma once

// A registry that has the package, as the Keep reaches it itself: over TLS that ends inside, so
// that the host, which carries the bytes, hears neither who asks nor what for.

#include "keep/exec/provision/states.hpp"
#include "net/registry/registry.hpp"

#include <memory>

namespace exec::provision {

class RegistrySource {
public:
    // `package`: the digest of the manifest, which registries keep apart from blobs.
    RegistrySource(GrantedSource const& source, std::string package);

    // As Blobs::read(); nothing, too, where the registry has failed once.
    std::vector<std::byte> read(std::string const& digest, std::uint64_t offset, std::size_t most);
    std::string const& trouble() const { return trouble_; } // why; empty: none

private:
    os::OrFailure<std::vector<std::byte>> fetch(std::string const& digest, std::uint64_t offset);

    std::string package_;
    std::unique_ptr<::net::registry::Registry> registry_; // none: it cannot be asked
    std::string trouble_;
    // What was read last, and more than was asked for: requests are few and large.
    std::string digest_;
    std::uint64_t offset_ = 0;
    std::vector<std::byte> ahead_;
};

} // namespace exec::provision
