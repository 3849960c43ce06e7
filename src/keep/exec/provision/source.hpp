#pragma once

// Where a Keep gets the blobs of its package from: the host, the registries that the grant
// names, and whoever granted it. None is believed: package/oci/load.hpp checks every piece.

#include "keep/exec/provision/host_blobs.hpp"
#include "keep/exec/provision/registry_source.hpp"
#include "keep/exec/provision/visitor.hpp"
#include "package/oci/load.hpp"

namespace exec::provision {

class Source final : public package::oci::Blobs {
public:
    // `host`: null if it has none. The registries of `granted` are asked for what is not
    // there, and then the grantor, if it is at the other end of a channel (null: it is not).
    Source(Granted const& granted, HostBlobs* host, Visitor* grantor);

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override;
    // Why registries and the grantor gave nothing more; empty: they were not asked, or had it not.
    std::string trouble() const;

private:
    std::vector<std::byte> ask(std::string const& digest, std::uint64_t offset, std::size_t most);

    HostBlobs* host_;
    Visitor* grantor_;
    std::vector<RegistrySource> registries_;
    std::string trouble_;
};

} // namespace exec::provision
