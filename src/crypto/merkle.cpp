#include "crypto/merkle.hpp"

#include <bit>

namespace crypto::merkle {

namespace {

constexpr std::byte leaf_prefix{0};
constexpr std::byte node_prefix{1};

} // namespace

Sha256Digest leaf_hash(base::View entry) {
    return Sha256{}.add({&leaf_prefix, 1}).add(entry).digest();
}

Sha256Digest node_hash(base::View left, base::View right) {
    return Sha256{}.add({&node_prefix, 1}).add(left).add(right).digest();
}

Sha256Digest empty_root() { return sha256({}); }

Sha256Digest node_above(std::span<Sha256Digest const> hashes) {
    if (hashes.size() == 1) return hashes.front();
    auto const half = hashes.size() / 2;
    return node_hash(node_above(hashes.first(half)), node_above(hashes.subspan(half)));
}

bool included(
    std::uint64_t size,
    Sha256Digest const& root,
    std::uint64_t index,
    Sha256Digest const& leaf,
    std::span<Sha256Digest const> proof
) {
    if (index >= size) return false;
    auto at = index;
    auto last = size - 1;
    auto hash = leaf;
    for (auto const& sibling : proof) {
        if (last == 0) return false;
        if (at % 2 == 1 || at == last) {
            hash = node_hash(sibling, hash);
            // Up to where this subtree is a left child again: a last node has no sibling there.
            while (at % 2 == 0 && at != 0) {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        at /= 2;
        last /= 2;
    }
    return last == 0 && hash == root;
}

bool consistent(
    std::uint64_t older_size,
    Sha256Digest const& older_root,
    std::uint64_t size,
    Sha256Digest const& root,
    std::span<Sha256Digest const> proof
) {
    if (older_size > size) return false;
    if (older_size == size) return proof.empty() && older_root == root;
    if (older_size == 0) return proof.empty() && older_root == empty_root();

    // A whole older tree is a node of the newer one, and its root stands in no proof.
    bool const whole = std::has_single_bit(older_size);
    if (!whole && proof.empty()) return false;
    auto older = whole ? older_root : proof.front();
    auto newer = older;
    auto at = older_size - 1;
    auto last = size - 1;
    for (; at % 2 == 1; at /= 2) last /= 2;
    for (auto const& sibling : proof.subspan(whole ? 0 : 1)) {
        if (last == 0) return false;
        if (at % 2 == 1 || at == last) {
            older = node_hash(sibling, older);
            newer = node_hash(sibling, newer);
            while (at % 2 == 0 && at != 0) {
                at /= 2;
                last /= 2;
            }
        } else {
            newer = node_hash(newer, sibling);
        }
        at /= 2;
        last /= 2;
    }
    return last == 0 && older == older_root && newer == root;
}

} // namespace crypto::merkle
