#pragma once

// The right edge of the log's tree: all that has to be remembered to grow it, a few tiles that are
// not full yet, however many leaves there are.

#include "crypto/checkpoint.hpp"
#include "service/log/tile.hpp"

namespace service {

struct Tile {
    TileName name;
    Blob bytes;

    // How many leaves the log has at least when this tile is as it is.
    std::uint64_t leaves() const;
};

class TreeEdge {
public:
    // The tiles that have become full by this leaf, which are complete for ever.
    std::vector<Tile> add(base::View entry);
    // The others, as they are now.
    std::vector<Tile> partial() const;

    std::uint64_t size() const { return size_; }
    crypto::TreeHead head() const;

private:
    struct Level {
        std::vector<crypto::Sha256Digest> hashes; // of the tile that is not full
        std::uint64_t tile = 0;                   // its number
    };

    std::uint64_t size_ = 0;
    Blob bundle_; // the entries below the first level's tile
    std::vector<Level> levels_;
};

} // namespace service
