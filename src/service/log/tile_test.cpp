// Names and contents of tiles: one spelling, the right number, and the tree's edge beside its
// tiles.

#include "service/log/proof.hpp"
#include "service/log/tile.hpp"
#include "service/log/tree_edge.hpp"

#include <map>

#include <gtest/gtest.h>

namespace service {
namespace {

TEST(TilePath, is_as_the_specification_has_it) {
    EXPECT_EQ(path_of({0, 0, 256}), "tile/0/000");
    EXPECT_EQ(path_of({1, 1234067, 256}), "tile/1/x001/x234/067");
    EXPECT_EQ(path_of({0, 273, 112}), "tile/0/273.p/112");
    EXPECT_EQ(path_of({std::nullopt, 1000, 5}), "tile/entries/x001/000.p/5");
    EXPECT_EQ(path_of({0, UINT64_MAX, 256}), "tile/0/x018/x446/x744/x073/x709/x551/615");
    for (std::uint64_t const index : {0UL, 7UL, 999UL, 1000UL, 1234067UL, UINT64_MAX})
        for (unsigned const width : {1U, 255U, 256U}) {
            TileName const name{3, index, width};
            EXPECT_EQ(parse_tile_path(path_of(name)), name);
        }
}

TEST(TilePath, has_no_other_spelling) {
    for (std::string_view const path :
         {"",
          "tile",
          "tile/",
          "tile/0",
          "tile/0/",
          "tile/0/0",
          "tile/0/00",
          "tile/0/0000",
          "tile/00/000",
          "tile/64/000",
          "tile/-1/000",
          "tile/+1/000",
          "tile/0/x000/000",
          "tile/0/x001/x000",
          "tile/0/001/000",
          "tile/0/000.p/0",
          "tile/0/000.p/256",
          "tile/0/000.p/01",
          "tile/0/000.p/",
          "tile/0/000.p",
          "tile/0/000.p/1/",
          "tile/0/000/",
          "/tile/0/000",
          "tile//000",
          "tile/../000",
          "tile/0/../000",
          "tile/0/+00",
          "tile/0/ 00",
          "tile/entries",
          "tile/entry/000",
          "tile/0/x018/x446/x744/x073/x709/x551/616",
          "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
          "checkpoint"})
        EXPECT_FALSE(parse_tile_path(path)) << path;
}

TEST(Bundle, gives_its_entries_and_exactly_those) {
    Blob bundle;
    append_to_bundle(bundle, base::view_of("one"));
    append_to_bundle(bundle, {});
    append_to_bundle(bundle, base::view_of(std::string(300, 'x')));
    auto const entries = parse_bundle(bundle, 3);
    ASSERT_TRUE(entries);
    EXPECT_EQ(base::text_of((*entries)[0]), "one");
    EXPECT_TRUE((*entries)[1].empty());
    EXPECT_EQ((*entries)[2].size(), 300U);
    EXPECT_FALSE(parse_bundle(bundle, 2));
    EXPECT_FALSE(parse_bundle(bundle, 4));
    for (std::size_t size = 1; size < bundle.size(); ++size)
        EXPECT_FALSE(parse_bundle(base::View{bundle}.first(size), 3)) << size;
}

// Every size up to three levels would take 2^16 leaves; the edge of two levels and a third is
// enough.
TEST(TreeEdge, has_the_root_that_its_tiles_give) {
    TreeEdge edge;
    std::map<std::string, Blob> files;
    for (std::uint64_t size = 0; size <= 1030; ++size) {
        for (auto const& tile : edge.partial()) files[path_of(tile.name)] = tile.bytes;
        auto const load = [&files](TileName const& name) -> os::OrFailure<Blob> {
            auto const it = files.find(path_of(name));
            if (it == files.end()) return std::unexpected(os::Failure{"log-damaged", "gone"});
            return it->second;
        };
        ASSERT_EQ(*root_of(nodes_in_tiles(load, size), size), edge.head().root) << size;
        ASSERT_EQ(edge.head().size, size);
        for (auto const& tile : edge.add(base::view_of(std::to_string(size)))) {
            EXPECT_EQ(tile.leaves(), size + 1);
            files[path_of(tile.name)] = tile.bytes;
        }
    }
}

TEST(TreeEdge, grows_over_three_levels) {
    TreeEdge edge;
    std::map<std::string, Blob> files;
    for (unsigned i = 0; i < 65536 + 300; ++i)
        for (auto const& tile : edge.add(base::view_of("x")))
            files[path_of(tile.name)] = tile.bytes;
    for (auto const& tile : edge.partial()) files[path_of(tile.name)] = tile.bytes;
    EXPECT_TRUE(files.contains("tile/1/000"));
    EXPECT_TRUE(files.contains("tile/2/000.p/1"));
    EXPECT_TRUE(files.contains("tile/entries/256"));
    EXPECT_TRUE(files.contains("tile/entries/257.p/44"));
    auto const load = [&files](TileName const& name) -> os::OrFailure<Blob> {
        return files.at(path_of(name));
    };
    EXPECT_EQ(*root_of(nodes_in_tiles(load, edge.size()), edge.size()), edge.head().root);
    EXPECT_EQ(inclusion_proof(nodes_in_tiles(load, 5), 5, 5).error().name, "log-no-such-leaf");
    EXPECT_EQ(consistency_proof(nodes_in_tiles(load, 5), 6, 5).error().name, "log-no-such-leaf");
}

} // namespace
} // namespace service
