#pragma once

// Proofs about a log, made from its tiles: that a leaf is in the tree, that one tree begins with
// another. Whoever gets one checks it by crypto/merkle.hpp.

#include "os/failure.hpp"
#include "service/log/tile.hpp"

#include <functional>

namespace service {

// The hash of the node at `height` above the leaves, number `index` there; all leaves below it are
// in the tree.
using NodeReader =
    std::function<os::OrFailure<crypto::Sha256Digest>(unsigned height, std::uint64_t index)>;
using Proof = std::vector<crypto::Sha256Digest>;

os::OrFailure<crypto::Sha256Digest> root_of(NodeReader const& read, std::uint64_t size);
// index < size, else log-no-such-leaf.
os::OrFailure<Proof>
inclusion_proof(NodeReader const& read, std::uint64_t index, std::uint64_t size);
// older <= size, else log-no-such-leaf.
os::OrFailure<Proof>
consistency_proof(NodeReader const& read, std::uint64_t older, std::uint64_t size);

// Nodes out of tiles, each of which `load` gives whole or as wide as a tree of `size` has it.
using TileReader = std::function<os::OrFailure<Blob>(TileName const& name)>;
NodeReader nodes_in_tiles(TileReader load, std::uint64_t size);

} // namespace service
