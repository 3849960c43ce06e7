#include "service/log/tree_edge.hpp"

#include "crypto/merkle.hpp"

#include <bit>
#include <optional>

namespace service {

namespace {

using crypto::Sha256Digest;
using crypto::merkle::node_above;
using crypto::merkle::node_hash;

} // namespace

std::uint64_t Tile::leaves() const {
    return (name.index * tile_width + name.width) << (name.level.value_or(0) * tile_height);
}

std::vector<Tile> TreeEdge::add(base::View entry) {
    std::vector<Tile> full;
    append_to_bundle(bundle_, entry);
    ++size_;
    auto hash = crypto::merkle::leaf_hash(entry);
    for (unsigned level = 0;; ++level) {
        if (level == levels_.size()) levels_.emplace_back();
        auto& [hashes, tile] = levels_[level];
        hashes.push_back(hash);
        if (hashes.size() < tile_width) return full;
        if (level == 0) full.push_back({{std::nullopt, tile}, std::exchange(bundle_, {})});
        full.push_back({{level, tile}, encode_tile(hashes)});
        hash = node_above(hashes);
        hashes.clear();
        ++tile;
    }
}

std::vector<Tile> TreeEdge::partial() const {
    std::vector<Tile> out;
    for (unsigned level = 0; level < levels_.size(); ++level) {
        auto const& [hashes, tile] = levels_[level];
        if (hashes.empty()) continue;
        auto const width = static_cast<unsigned>(hashes.size());
        if (level == 0) out.push_back({{std::nullopt, tile, width}, bundle_});
        out.push_back({{level, tile, width}, encode_tile(hashes)});
    }
    return out;
}

// The root of whole subtrees, each half of the one before at most: from the smallest, which is the
// rightmost, to the left.
crypto::TreeHead TreeEdge::head() const {
    std::optional<Sha256Digest> root;
    for (auto const& level : levels_) {
        std::span<Sha256Digest const> rest{level.hashes};
        while (!rest.empty()) {
            auto const size = std::size_t{1} << std::countr_zero(rest.size());
            auto const whole = node_above(rest.last(size));
            root = root ? node_hash(whole, *root) : whole;
            rest = rest.first(rest.size() - size);
        }
    }
    return {size_, root.value_or(crypto::merkle::empty_root())};
}

} // namespace service
