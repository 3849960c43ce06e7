// RFC 6962, 2.1: a tree of n leaves is one of the largest power of two below n, and of the rest.

#include "service/log/proof.hpp"

#include "crypto/merkle.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <memory>

namespace service {

namespace {

using crypto::Sha256Digest;
using Node = os::OrFailure<Sha256Digest>;

// Leaves [start, start + size); start is a multiple of the power of two at or above size.
struct Subtree {
    std::uint64_t start;
    std::uint64_t size;

    std::uint64_t left_size() const { return std::bit_floor(size - 1); }
    Subtree left() const { return {start, left_size()}; }
    Subtree right() const { return {start + left_size(), size - left_size()}; }
};

Node hash_of(NodeReader const& read, Subtree tree) {
    if (std::has_single_bit(tree.size)) {
        auto const height = static_cast<unsigned>(std::countr_zero(tree.size));
        return read(height, tree.start >> height);
    }
    auto const left = TRY(hash_of(read, tree.left()));
    auto const right = TRY(hash_of(read, tree.right()));
    return crypto::merkle::node_hash(left, right);
}

std::unexpected<os::Failure> no_such_leaf(std::uint64_t asked, std::uint64_t size) {
    return std::unexpected(
        os::Failure{
            "log-no-such-leaf",
            std::to_string(asked) + " is not in a log of " + std::to_string(size) + " leaves"
        }
    );
}

// How wide the tile is in a tree of this size; 0: it is not there.
unsigned width_of(unsigned level, std::uint64_t index, std::uint64_t size) {
    auto const hashes = level * tile_height < 64 ? size >> (level * tile_height) : 0;
    auto const before = index * tile_width;
    if (hashes <= before) return 0;
    return static_cast<unsigned>(std::min<std::uint64_t>(tile_width, hashes - before));
}

using Loaded = std::map<std::pair<unsigned, std::uint64_t>, std::vector<Sha256Digest>>;

os::OrFailure<std::vector<Sha256Digest>>
load_tile(TileReader const& load, unsigned level, std::uint64_t index, std::uint64_t size) {
    auto const width = width_of(level, index, size);
    if (width == 0) return no_such_leaf(index, size);
    TileName const name{level, index, width};
    auto const bytes = TRY(load(name));
    auto hashes = parse_tile(bytes, width);
    if (!hashes)
        return std::unexpected(
            os::Failure{"log-damaged", path_of(name) + " has another size than its hashes"}
        );
    return std::move(*hashes);
}

} // namespace

Node root_of(NodeReader const& read, std::uint64_t size) {
    if (size == 0) return crypto::merkle::empty_root();
    return hash_of(read, {0, size});
}

// From the root down; a proof lists siblings from the leaf up.
os::OrFailure<Proof>
inclusion_proof(NodeReader const& read, std::uint64_t index, std::uint64_t size) {
    if (index >= size) return no_such_leaf(index, size);
    Proof out;
    for (Subtree tree{0, size}; tree.size > 1;) {
        bool const on_the_left = index < tree.right().start;
        out.push_back(TRY(hash_of(read, on_the_left ? tree.right() : tree.left())));
        tree = on_the_left ? tree.left() : tree.right();
    }
    std::ranges::reverse(out);
    return out;
}

os::OrFailure<Proof>
consistency_proof(NodeReader const& read, std::uint64_t older, std::uint64_t size) {
    if (older > size) return no_such_leaf(older, size);
    Proof out;
    if (older == 0 || older == size) return out;
    Subtree tree{0, size};
    auto end = older; // of what the older tree has below this node
    while (tree.start + tree.size != end) {
        bool const on_the_left = end <= tree.right().start;
        out.push_back(TRY(hash_of(read, on_the_left ? tree.right() : tree.left())));
        tree = on_the_left ? tree.left() : tree.right();
    }
    // The verifier knows the older root already where that is this very node.
    if (tree.start != 0) out.push_back(TRY(hash_of(read, tree)));
    std::ranges::reverse(out);
    return out;
}

NodeReader nodes_in_tiles(TileReader load, std::uint64_t size) {
    auto const loaded = std::make_shared<Loaded>();
    return [loaded, load = std::move(load), size](unsigned height, std::uint64_t index) -> Node {
        auto const level = height / tile_height;
        auto const within = height % tile_height;
        auto const first = index << within;
        auto const tile = first / tile_width;
        auto it = loaded->find({level, tile});
        if (it == loaded->end()) {
            auto hashes = TRY(load_tile(load, level, tile, size));
            it = loaded->emplace(std::pair{level, tile}, std::move(hashes)).first;
        }
        auto const offset = first % tile_width;
        auto const count = std::uint64_t{1} << within;
        if (offset + count > it->second.size()) return no_such_leaf(index, size);
        return crypto::merkle::node_above(std::span{it->second}.subspan(offset, count));
    };
}

} // namespace service
