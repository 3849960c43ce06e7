#include "service/log/opening.hpp"

#include "crypto/merkle.hpp"

namespace service {

namespace {

constexpr std::size_t leaves_at_once = 1024;

std::unexpected<os::Failure> damaged(std::string what) {
    return std::unexpected(os::Failure{"log-damaged", std::move(what)});
}

os::OrFailure<void> compare(LogFiles const& files, Tile const& tile) {
    auto const there = TRY(files.tile(tile.name));
    if (!there) return damaged(path_of(tile.name) + " is gone");
    if (*there != tile.bytes)
        return damaged(path_of(tile.name) + " is not what the store's leaves give");
    return {};
}

os::OrFailure<void> compare(LogFiles const& files, TreeEdge const& edge, Opened const& out) {
    if (edge.head() != out.published)
        return damaged(
            "the checkpoint's root is not that of the store's first " +
            std::to_string(out.published.size) + " leaves"
        );
    for (auto const& tile : edge.partial()) TRY(compare(files, tile));
    return {};
}

os::OrFailure<void> read_checkpoint(LogFiles const& files, LogIdentity const& log, Opened& out) {
    auto note = TRY(files.checkpoint());
    if (!note) return {};
    auto const head = crypto::open_checkpoint(*note, log.origin, log.key);
    if (!head) return damaged("the checkpoint is not signed by " + log.origin + " with this key");
    out.published = *head;
    out.checkpoint = std::move(*note);
    return {};
}

} // namespace

os::OrFailure<std::vector<LeafRow>> next_leaves(Store& store, LeafIndex from) {
    auto leaves = store.leaves(from, leaves_at_once);
    if (!leaves) {
        auto const& failure = leaves.error().failure;
        return std::unexpected(os::Failure{"log-unavailable", failure.text});
    }
    for (auto const& leaf : *leaves) {
        if (leaf.index != from++) return damaged("leaf " + std::to_string(from - 1) + " is gone");
        if (leaf.entry.size() > largest_entry || leaf.hash != crypto::merkle::leaf_hash(leaf.entry))
            return damaged("leaf " + std::to_string(leaf.index) + " was changed");
    }
    return std::move(*leaves);
}

os::OrFailure<Opened>
open_log(Store& store, LogFiles const& files, LogIdentity const& identity, bool rebuild) {
    Opened out;
    TRY(read_checkpoint(files, identity, out));
    auto& edge = out.edge;
    if (!out.checkpoint.empty() && out.published.size == 0) TRY(compare(files, edge, out));
    for (;;) {
        auto const leaves = TRY(next_leaves(store, edge.size()));
        if (leaves.empty()) break;
        // Written at the very first start, before any leaf.
        if (out.checkpoint.empty() && !rebuild)
            return damaged("the store has leaves, and the log's folder no checkpoint");
        for (auto const& leaf : leaves) {
            for (auto const& tile : edge.add(leaf.entry)) {
                bool const shown = tile.leaves() <= out.published.size;
                TRY(shown ? compare(files, tile) : files.write(tile));
            }
            if (edge.size() == out.published.size) TRY(compare(files, edge, out));
        }
    }
    if (edge.size() < out.published.size)
        return damaged(
            "the log has published " + std::to_string(out.published.size) +
            " leaves and the store has " + std::to_string(edge.size()) +
            ": it was brought back from an older state"
        );
    return out;
}

} // namespace service
