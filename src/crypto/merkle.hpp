#pragma once

// Merkle trees of RFC 6962, 2.1 with SHA-256: hashes of leaves and nodes, and whether a proof
// holds. A proof comes from whom one does not trust; nothing of it is believed but what the root
// says.

#include "crypto/digest.hpp"

#include <span>

namespace crypto::merkle {

Sha256Digest leaf_hash(base::View entry);
Sha256Digest node_hash(base::View left, base::View right);
Sha256Digest empty_root();
// The node above this many neighbours, a power of two.
Sha256Digest node_above(std::span<Sha256Digest const> hashes);

// RFC 9162, 2.1.3.2: whether the leaf number `index` of the tree of this size and root is `leaf`.
bool included(
    std::uint64_t size,
    Sha256Digest const& root,
    std::uint64_t index,
    Sha256Digest const& leaf,
    std::span<Sha256Digest const> proof
);

// RFC 9162, 2.1.4.2: whether the tree of `size` and `root` begins with the older one. Every tree
// begins with the empty one; the proof is empty then, and between equal trees.
bool consistent(
    std::uint64_t older_size,
    Sha256Digest const& older_root,
    std::uint64_t size,
    Sha256Digest const& root,
    std::span<Sha256Digest const> proof
);

} // namespace crypto::merkle
