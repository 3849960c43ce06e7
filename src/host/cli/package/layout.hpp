#pragma once

// Writes an OCI image layout (1.1) with one package into a tar archive. Whoever writes the same
// package, the one who made it or one who fetched it, writes the same bytes.

#include "base/result.hpp"
#include "base/view.hpp"
#include "os/new_file.hpp"

#include <string>

namespace host::cli {

class LayoutWriter {
public:
    explicit LayoutWriter(os::NewFile const& file) : file_{file} {}

    // The layers first, each with its header before it.
    base::Result<void> blob_header(std::string const& digest, std::uint64_t size);
    std::uint64_t position() const { return at_; } // where the bytes of the blob go
    void skip(std::uint64_t size);                 // they are there
    // The rest of the archive.
    base::Result<void> end(base::View config, base::View manifest);

private:
    base::Result<void> add(std::string const& path, base::View contents);

    os::NewFile const& file_;
    std::uint64_t at_ = 0;
};

} // namespace host::cli
