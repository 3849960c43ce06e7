#pragma once

// A package as a file, an OCI image layout in a tar archive: where each blob lies in it. Nothing of
// the blobs is read for that, however large they are.

#include "base/view.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <map>
#include <string>
#include <vector>

namespace host::cli {

class PackageFile {
public:
    static os::OrFailure<PackageFile> open(std::string const& path);

    std::string const& digest() const { return digest_; } // of the manifest: the package's name
    struct Blob {
        std::uint64_t offset = 0; // in the file
        std::uint64_t size = 0;
    };
    std::map<std::string, Blob> const& blobs() const { return blobs_; } // by "sha256:HEX"
    // Bytes of a blob from `offset` on, at most `most`; none: behind its end, or not here. Whether
    // they are the right ones, whoever takes them checks.
    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) const;

private:
    explicit PackageFile(os::Fd file) : file_{std::move(file)} {}
    os::OrFailure<void> index(std::string const& path);

    os::Fd file_;
    std::string digest_;
    std::map<std::string, Blob> blobs_;
};

} // namespace host::cli
