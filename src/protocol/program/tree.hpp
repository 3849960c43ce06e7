#pragma once

// The hash tree over a program's file: what it holds, where, and how a page is traced to the root.
//
// A page of the file (4 KiB, the last one filled up with zeros) has its SHA-256. A node is a page
// of 128 digests, of pages or of nodes of the level below, the rest of it zeros. The tree's file is
// its nodes, the top one first, then each level in order. The root is the file's size and the
// digest of the top node; the size alone says how many levels and nodes there are, so no node and
// no page can pass for one of another place.

#include "base/result.hpp"
#include "base/wire.hpp"
#include "hw/address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace protocol::program {

using Digest = base::Bytes<32>; // SHA-256
using Page = base::Bytes<hw::page_size>;

inline constexpr std::uint64_t fan_out = sizeof(Page) / sizeof(Digest);
inline constexpr std::uint64_t most_size = 1ULL << 30; // of a program's file
inline constexpr unsigned most_levels = 3;
inline constexpr std::uint64_t most_nodes = 2048 + 16 + 1;

// What a shim's image says of the one program that it loads. All zero: of none.
struct Root {
    base::U64 size;
    Digest top;
};
static_assert(base::Wire<Root> && sizeof(Root) == 0x28);

// Where a digest is kept.
struct Place {
    std::uint64_t node; // counted from the top of the tree's file
    std::size_t slot;   // in that node
};

// The shape of the tree over a file of one size.
class Tree {
public:
    constexpr Tree() = default; // over no file: it has no page
    // Inval: no file of that size can have a tree.
    static constexpr base::Result<Tree> create(std::uint64_t file_size) {
        if (file_size == 0 || file_size > most_size) return std::unexpected(base::Errno::Inval);
        Tree tree;
        tree.pages_ = up(file_size, hw::page_size);
        std::uint64_t entries = tree.pages_;
        do {
            entries = up(entries, fan_out);
            tree.level_nodes_[tree.levels_++] = entries;
        } while (entries > 1);
        return tree;
    }

    constexpr std::uint64_t pages() const { return pages_; }
    constexpr unsigned levels() const { return levels_; } // level 0 holds the digests of pages
    constexpr std::uint64_t nodes() const { return first_node(0) + level_nodes_[0]; }
    constexpr std::uint64_t size() const { return nodes() * sizeof(Page); }

    // Where `level` keeps the digest on the way to a page below pages().
    constexpr Place place(unsigned level, std::uint64_t page) const {
        for (unsigned i = 0; i < level; ++i) page /= fan_out;
        return {.node = first_node(level) + (page / fan_out), .slot = page % fan_out};
    }

private:
    static constexpr std::uint64_t up(std::uint64_t v, std::uint64_t unit) {
        return (v + unit - 1) / unit;
    }
    constexpr std::uint64_t first_node(unsigned level) const {
        std::uint64_t first = 0;
        for (unsigned i = level + 1; i < levels_; ++i) first += level_nodes_[i];
        return first;
    }

    std::uint64_t pages_ = 0;
    unsigned levels_ = 0;
    std::array<std::uint64_t, most_levels> level_nodes_{};
};

// Who keeps something for each node needs no more room than this.
static_assert(Tree::create(most_size)->nodes() == most_nodes);

constexpr Digest digest_in(Page const& node, std::size_t slot) {
    Digest digest;
    for (std::size_t i = 0; i < sizeof digest; ++i) digest[i] = node[(slot * sizeof digest) + i];
    return digest;
}

// The digest that page number `page` must have. `node(number, digest)` answers with the node of
// that number after it has compared it with that digest, or with an error; it is asked for each
// node on the way, from the top. Inval: the file has no such page.
template <class Node>
constexpr base::Result<Digest>
digest_of(Tree const& tree, Digest const& top, std::uint64_t page, Node node) {
    if (page >= tree.pages()) return std::unexpected(base::Errno::Inval);
    Digest wanted = top;
    for (unsigned level = tree.levels(); level-- > 0;) {
        auto const place = tree.place(level, page);
        Page const* const checked = TRY(node(place.node, wanted));
        wanted = digest_in(*checked, place.slot);
    }
    return wanted;
}

} // namespace protocol::program
