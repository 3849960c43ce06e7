#pragma once

// The `package` mount: read-only files that came with the application, all in memory, made once.

#include "keep/exec/vfs/memory.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace exec::vfs {

struct PackageFile {
    std::string_view path; // the directories on the way to it are made
    std::span<std::byte const> contents;
};

inline constexpr unsigned deepest_package = 64; // directories within each other

// Every change of the mount is Errno::RoFs. NoSpc: more than `options` allow; Exist: a path comes
// twice. `options.now` is asked once: all times are that of the making.
Result<std::unique_ptr<Directory>>
make_package(std::span<PackageFile const> files, MemoryOptions options);

// A copy of everything below `source`, such as a host mount, as it is now. Perm: a symbolic link
// there leads out of it; NotSup: something is neither file, directory nor symbolic link; TooBig:
// deeper than the deepest package.
Result<std::unique_ptr<Directory>> make_package(Directory& source, MemoryOptions options);

// The same, put together entry by entry as its bytes come.
class PackageBuilder {
public:
    explicit PackageBuilder(MemoryOptions options);
    PackageBuilder(PackageBuilder const&) = delete;
    PackageBuilder& operator=(PackageBuilder const&) = delete;
    ~PackageBuilder();

    Result<void> directory(std::string const& path);
    Result<void> link(std::string const& target, std::string const& path);
    Result<void> file(std::string const& path); // open to be written to, until the next entry
    Result<void> contents(std::span<std::byte const> piece);
    // Perm: a symbolic link leads out of it.
    Result<std::unique_ptr<Directory>> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace exec::vfs
