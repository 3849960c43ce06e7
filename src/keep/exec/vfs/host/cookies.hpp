#pragma once

// Positions in a host's directory as small numbers.
//
// A file system's own positions are 64-bit hashes (ext4, for one), and a wasm32 program keeps what
// telldir() gives it in 32 bits. So each position gets a number, in the order in which they are
// met, and keeps it as long as the directory is open.

#include "base/result.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace exec::vfs::host {

class Cookies {
public:
    // The number of a position that the host told; 0 stands for the beginning.
    std::uint64_t of(std::uint64_t position) {
        auto const [at, fresh] = numbers_.try_emplace(position, positions_.size() + 1);
        if (fresh) positions_.push_back(position);
        return at->second;
    }

    // Errno::Inval for a number that was never told.
    base::Result<std::uint64_t> position(std::uint64_t cookie) const {
        if (cookie == 0) return 0;
        if (cookie > positions_.size()) return std::unexpected(base::Errno::Inval);
        return positions_[cookie - 1];
    }

private:
    std::unordered_map<std::uint64_t, std::uint64_t> numbers_;
    std::vector<std::uint64_t> positions_;
};

} // namespace exec::vfs::host
