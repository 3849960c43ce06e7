#pragma once

// What is packaged: a folder with everything below it, or one file as main.wasm.

#include "os/failure.hpp"
#include "os/fd.hpp"
#include "package/tar/writer.hpp"

#include <functional>
#include <string>
#include <vector>

namespace host::cli {

struct TreeEntry {
    std::string path; // in the package
    package::tar::Type type{};
    std::uint64_t size = 0;
    std::string target; // of a symbolic link
    std::string source; // on this machine
};

// Ascending by their path, so that the same tree gives the same list. What is neither file, folder
// nor symbolic link is a failure, and so is a name that no package can hold.
os::OrFailure<std::vector<TreeEntry>> list_tree(std::string const& path);

// Size of the archive of these entries.
std::uint64_t archive_size(std::vector<TreeEntry> const& entries);
// The archive's bytes, in pieces. A file that has changed its size meanwhile is a failure.
os::OrFailure<void> write_archive(
    std::vector<TreeEntry> const& entries,
    std::function<os::OrFailure<void>(base::View)> const& sink
);

} // namespace host::cli
