#pragma once

// The blobs of packages that the host has laid ready: a folder with one file for each, or a package
// file with all of them. Nothing of them is believed: package/oci/load.hpp checks every piece.

#include "keep/exec/vfs/file_system.hpp"
#include "os/fd.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace exec::provision {

class HostBlobs {
public:
    // Null where that is neither: then others are asked.
    static std::unique_ptr<HostBlobs> open(os::Fd place);

    // As Blobs::read().
    std::vector<std::byte> read(std::string const& digest, std::uint64_t offset, std::size_t most);

private:
    struct Folder {
        std::unique_ptr<vfs::Directory> directory;
        std::map<std::string, std::unique_ptr<vfs::File>> files = {}; // null: it has it not
    };
    struct Part {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    struct Packed {
        os::Fd file;
        std::map<std::string, Part> parts = {};
    };
    explicit HostBlobs(Folder folder) : place_{std::move(folder)} {}
    explicit HostBlobs(Packed packed) : place_{std::move(packed)} {}

    static vfs::File* file(Folder& folder, std::string const& digest);
    static void index(Packed& packed);

    std::variant<Folder, Packed> place_;
};

} // namespace exec::provision
