#pragma once

// The entries of a directory of the host, read in large blocks.

#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/vfs/host/cookies.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <vector>

namespace exec::vfs::host {

class Listing {
public:
    // `directory` is open for reading; nobody else moves its offset.
    Result<std::vector<Entry>>
    entries(os::Fd const& directory, std::uint64_t cookie, std::size_t room);

private:
    Result<bool> fill(os::Fd const& directory);
    Result<Entry> take(os::Fd const& directory);

    std::vector<std::byte> block_; // as the host gave it
    std::size_t at_ = 0;           // of the next entry in it
    std::size_t size_ = 0;         // of what it gave
    std::uint64_t next_ = 0;       // the cookie of that entry
    Cookies cookies_;
};

} // namespace exec::vfs::host
