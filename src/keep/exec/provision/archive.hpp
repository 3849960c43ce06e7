#pragma once

// The archive of a package as the files of its application, all in memory: every entry goes where
// it belongs as it comes.

#include "keep/exec/vfs/package.hpp"
#include "package/tar/reader.hpp"

#include <memory>

namespace exec::provision {

class Archive final : public package::tar::Sink {
public:
    explicit Archive(vfs::MemoryOptions options) : builder_{std::move(options)} {}

    package::tar::Read<void> entry(package::tar::Entry const& entry) override;
    package::tar::Read<void> contents(base::View piece) override;
    // Once all of it was believed.
    base::Result<std::unique_ptr<vfs::Directory>> finish() { return builder_.finish(); }
    // Whether an entry was refused because there was no room for it.
    bool full() const { return full_; }

private:
    package::tar::Read<void> told(base::Result<void> const& done, std::string_view path);

    vfs::PackageBuilder builder_;
    bool full_ = false;
};

// All bytes of one of its files. NoEnt: there is none of that name.
base::Result<std::vector<std::byte>>
read_whole(vfs::Directory& package, std::string const& path, std::uint64_t most);

} // namespace exec::provision
