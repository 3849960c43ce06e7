#include "protocol/program/build.hpp"

#include <algorithm>

namespace protocol::program {

namespace {

// Page number `index` of `bytes`, filled up with zeros.
Page page_of(std::span<std::byte const> bytes, std::uint64_t index) {
    Page page{};
    auto const rest = bytes.subspan(index * page.size());
    std::ranges::copy(rest.first(std::min(rest.size(), page.size())), page.begin());
    return page;
}

} // namespace

base::Result<BuiltTree>
build_tree(std::span<std::byte const> file, std::function<Digest(Page const&)> const& sha256) {
    auto const tree = TRY(Tree::create(file.size()));
    BuiltTree built{.bytes = std::vector<std::byte>(tree.size()), .root = {}};
    auto const keep = [&](unsigned level, std::uint64_t page, Digest const& digest) {
        auto const place = tree.place(level, page);
        auto const at = (place.node * sizeof(Page)) + (place.slot * sizeof(Digest));
        std::ranges::copy(digest, built.bytes.begin() + static_cast<std::ptrdiff_t>(at));
    };
    for (std::uint64_t page = 0; page < tree.pages(); ++page)
        keep(0, page, sha256(page_of(file, page)));
    // Upwards: a node is whole before its own digest is taken.
    std::uint64_t pages_below = 1;
    for (unsigned level = 1; level < tree.levels(); ++level) {
        pages_below *= fan_out;
        for (std::uint64_t page = 0; page < tree.pages(); page += pages_below)
            keep(level, page, sha256(page_of(built.bytes, tree.place(level - 1, page).node)));
    }
    built.root = {.size = file.size(), .top = sha256(page_of(built.bytes, 0))};
    return built;
}

} // namespace protocol::program
