#pragma once

// Pieces of 64 KiB for the contents of large files. They come from slabs of huge pages: most of
// what a stream into memory costs is page faults, and these take a few hundredths of them.

#include "base/result.hpp"
#include "os/pages.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>

namespace exec::vfs::memory {

inline constexpr std::size_t piece_size = 64UZ * 1024;

struct Slab {
    os::Pages pages;
    std::uint32_t free; // bit n: piece n
    std::list<Slab>::iterator self;
};

// What a piece is given back by.
struct PieceMemory {
    Slab* slab;
    std::byte* bytes; // as the one before left them
};

class Pieces {
public:
    base::Result<PieceMemory> take();
    void give_back(PieceMemory piece);

private:
    base::Result<void> add_slab();

    std::list<Slab> slabs_; // those with a free piece come first
    std::size_t empty_ = 0; // slabs of which nothing is taken
};

} // namespace exec::vfs::memory
