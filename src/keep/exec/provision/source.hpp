#pragma once

// Where a Keep gets the blobs of its package from: the host's folder, the registries that the grant
// names, and whoever granted it. None is believed: package/oci/load.hpp checks every piece.

#include "keep/exec/provision/registry_source.hpp"
#include "keep/exec/provision/visitor.hpp"
#include "keep/exec/vfs/file_system.hpp"
#include "package/oci/load.hpp"

#include <map>
#include <memory>

namespace exec::provision {

class Source final : public package::oci::Blobs {
public:
    // `folder`: null if the host has none. The registries of `granted` are asked for what is not
    // there, and then the grantor, if it is at the other end of a channel (null: it is not).
    Source(Granted const& granted, vfs::Directory* folder, Visitor* grantor);

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override;
    // Why registries and the grantor gave nothing more; empty: they were not asked, or had it not.
    std::string trouble() const;

private:
    vfs::File* file(std::string const& digest);
    std::vector<std::byte> ask(std::string const& digest, std::uint64_t offset, std::size_t most);

    vfs::Directory* folder_;
    Visitor* grantor_;
    std::vector<RegistrySource> registries_;
    std::map<std::string, std::unique_ptr<vfs::File>> files_; // null: the host has it not
    std::string trouble_;
};

} // namespace exec::provision
