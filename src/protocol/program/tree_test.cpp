// A tree over a program: start from a good one, change one byte of file or tree, expect that the
// page is refused whose way to the root leads over it.

#include "protocol/program/build.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include <gtest/gtest.h>

namespace protocol::program {
namespace {

using base::Errno;

// Stands in for SHA-256: any change of one byte changes it.
Digest toy_digest(Page const& page) {
    std::uint64_t sum = 0xcbf2'9ce4'8422'2325;
    for (auto const byte : page) sum = (sum ^ static_cast<std::uint64_t>(byte)) * 0x100'0000'01b3;
    return std::bit_cast<Digest>(std::array<std::uint64_t, 4>{sum, ~sum, sum * 3, sum * 5});
}

std::vector<std::byte> file_of(std::size_t size) {
    std::vector<std::byte> file(size);
    for (std::size_t i = 0; i < size; ++i) file[i] = static_cast<std::byte>(i * 31 + i / 4096);
    return file;
}

// What a reader of the file would do with page number `page`.
base::Result<void> check(
    std::span<std::byte const> file,
    std::span<std::byte const> bytes,
    Root const& root,
    std::uint64_t page
) {
    auto const tree = TRY(Tree::create(root.size));
    Page copy{};
    auto const node = [&](std::uint64_t number, Digest const& digest) -> base::Result<Page const*> {
        std::ranges::copy(bytes.subspan(number * sizeof(Page), sizeof(Page)), copy.begin());
        if (toy_digest(copy) != digest) return std::unexpected(Errno::BadMsg);
        return &copy;
    };
    auto const wanted = TRY(digest_of(tree, root.top, page, node));
    Page found{};
    auto const rest = file.subspan(page * sizeof(Page));
    std::ranges::copy(rest.first(std::min(rest.size(), sizeof(Page))), found.begin());
    if (toy_digest(found) != wanted) return std::unexpected(Errno::BadMsg);
    return {};
}

TEST(ProgramTree, has_as_many_levels_as_its_size_needs_and_no_more) {
    EXPECT_EQ(Tree::create(1)->levels(), 1U);
    EXPECT_EQ(Tree::create(128 * 4096)->levels(), 1U);
    EXPECT_EQ(Tree::create(128 * 4096 + 1)->levels(), 2U);
    EXPECT_EQ(Tree::create(128ULL * 128 * 4096)->levels(), 2U);
    EXPECT_EQ(Tree::create(128ULL * 128 * 4096 + 1)->levels(), 3U);
    EXPECT_EQ(Tree::create(most_size)->levels(), most_levels);
    EXPECT_EQ(Tree::create(most_size)->nodes(), most_nodes);
}

TEST(ProgramTree, is_refused_over_nothing_and_over_more_than_a_gibibyte) {
    EXPECT_EQ(Tree::create(0).error(), Errno::Inval);
    EXPECT_EQ(Tree::create(most_size + 1).error(), Errno::Inval);
    EXPECT_EQ(Tree::create(~0ULL).error(), Errno::Inval);
}

TEST(ProgramTree, keeps_every_digest_in_a_place_of_its_own_inside_its_file) {
    auto const tree = *Tree::create(300 * 4096 * 128ULL);
    std::set<std::uint64_t> places;
    for (std::uint64_t page = 0; page < tree.pages(); ++page) {
        auto const place = tree.place(0, page);
        ASSERT_LT(place.node, tree.nodes());
        ASSERT_LT(place.slot, fan_out);
        ASSERT_TRUE(places.insert(place.node * fan_out + place.slot).second) << page;
        EXPECT_EQ(tree.place(tree.levels() - 1, page).node, 0U);
    }
}

TEST(ProgramTree, traces_every_page_of_a_file_to_the_root) {
    for (std::size_t const size : {1UL, 4096UL, 4097UL, 129UL * 4096, 300UL * 4096 + 17}) {
        auto const file = file_of(size);
        auto const built = *build_tree(file, toy_digest);
        for (std::uint64_t page = 0; page < (size + 4095) / 4096; ++page)
            EXPECT_TRUE(check(file, built.bytes, built.root, page)) << size << ' ' << page;
    }
}

TEST(ProgramTree, does_not_name_a_page_behind_the_file) {
    auto const file = file_of(5 * 4096);
    auto const built = *build_tree(file, toy_digest);
    EXPECT_EQ(check(file, built.bytes, built.root, 5).error(), Errno::Inval);
    EXPECT_EQ(check(file, built.bytes, built.root, ~0ULL).error(), Errno::Inval);
}

TEST(ProgramTree, a_byte_changed_in_the_file_refuses_its_page_and_no_other) {
    auto file = file_of(300 * 4096);
    auto const built = *build_tree(file, toy_digest);
    for (std::size_t at = 7; at < file.size(); at += 50'001) {
        file[at] ^= std::byte{1};
        for (std::uint64_t page = 0; page < 300; ++page)
            EXPECT_EQ(check(file, built.bytes, built.root, page).has_value(), page != at / 4096)
                << at;
        file[at] ^= std::byte{1};
    }
}

TEST(ProgramTree, a_byte_changed_in_a_node_refuses_every_page_below_it) {
    auto const file = file_of(300 * 4096);
    auto const built = *build_tree(file, toy_digest);
    auto const tree = *Tree::create(file.size());
    for (std::uint64_t node = 0; node < tree.nodes(); ++node) {
        auto bytes = built.bytes;
        bytes[node * 4096 + 4095] ^= std::byte{1}; // not even the unused rest may change
        for (std::uint64_t page = 0; page < 300; ++page) {
            bool const below = node == 0 || tree.place(0, page).node == node;
            EXPECT_EQ(check(file, bytes, built.root, page).has_value(), !below) << node;
        }
    }
}

TEST(ProgramTree, of_another_file_refuses_every_page) {
    auto const file = file_of(300 * 4096);
    auto other = file;
    other[0] ^= std::byte{1};
    auto const built = *build_tree(file, toy_digest);
    auto const root = build_tree(other, toy_digest)->root;
    for (std::uint64_t page = 0; page < 300; ++page)
        EXPECT_FALSE(check(file, built.bytes, root, page)) << page;
}

TEST(ProgramTree, two_nodes_or_two_pages_that_change_places_are_refused) {
    auto file = file_of(300 * 4096);
    auto built = *build_tree(file, toy_digest);
    std::swap_ranges(file.begin(), file.begin() + 4096, file.begin() + 4096);
    EXPECT_FALSE(check(file, built.bytes, built.root, 0));
    EXPECT_FALSE(check(file, built.bytes, built.root, 1));
    EXPECT_TRUE(check(file, built.bytes, built.root, 2));
    auto const nodes = built.bytes.begin() + 4096;
    std::swap_ranges(nodes, nodes + 4096, nodes + 4096);
    EXPECT_FALSE(check(file, built.bytes, built.root, 2));
    EXPECT_TRUE(check(file, built.bytes, built.root, 299));
}

} // namespace
} // namespace protocol::program
