#include "keep/shim/memory/regions.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace shim {
namespace {

struct RegionsTest : testing::Test {
    std::unique_ptr<std::array<Region, Regions::max_regions>> memory =
        std::make_unique<std::array<Region, Regions::max_regions>>();
    Regions regions{*memory};

    void add(std::uint64_t begin, std::uint64_t end, Access access = Access::Read) {
        ASSERT_TRUE(regions.insert({.range = {begin, end}, .access = access}));
    }
};

TEST_F(RegionsTest, neighbours_of_one_kind_become_one) {
    add(0x1000, 0x2000);
    add(0x3000, 0x4000);
    add(0x2000, 0x3000);
    EXPECT_EQ(regions.count(), 1U);
    EXPECT_TRUE(regions.covers({0x1000, 0x4000}));
}

TEST_F(RegionsTest, neighbours_of_different_access_stay_apart) {
    add(0x1000, 0x2000);
    add(0x2000, 0x3000, Access::None);
    EXPECT_EQ(regions.count(), 2U);
}

TEST_F(RegionsTest, a_hole_in_the_middle_leaves_both_ends) {
    add(0x1000, 0x9000);
    ASSERT_TRUE(regions.remove({0x3000, 0x5000}));
    EXPECT_TRUE(regions.covers({0x1000, 0x3000}));
    EXPECT_TRUE(regions.covers({0x5000, 0x9000}));
    EXPECT_FALSE(regions.covers({0x1000, 0x9000}));
    EXPECT_EQ(regions.find(0x3000), nullptr);
    EXPECT_NE(regions.find(0x2fff), nullptr);
}

TEST_F(RegionsTest, a_window_that_is_split_goes_on_where_it_was) {
    ASSERT_TRUE(regions.insert(
        {.range = {0x1000, 0x4000},
         .source = 0x80000,
         .access = Access::Read,
         .backing = Backing::Window}
    ));
    ASSERT_TRUE(regions.split(0x3000));
    EXPECT_EQ(regions.find(0x3000)->source, 0x82000U);
    regions.merge({0x1000, 0x4000});
    EXPECT_EQ(regions.count(), 1U);
}

TEST_F(RegionsTest, a_gap_is_aligned_and_large_enough) {
    add(0x1000, 0x2000);
    add(0x6000, 0x7000);
    Range const all{0x1000, 0x100000};
    EXPECT_EQ(regions.gap(0x1000, 0x1000, all, 0x1000), 0x2000U);
    EXPECT_EQ(regions.gap(0x2000, 0x4000, all, 0x1000), 0x4000U);
    EXPECT_EQ(regions.gap(0x8000, 0x1000, all, 0x1000), 0x7000U);
    EXPECT_EQ(regions.gap(0x200000, 0x1000, all, 0x1000).error(), base::Errno::NoMem);
}

TEST_F(RegionsTest, a_gap_below_the_hint_is_found_when_there_is_none_above) {
    add(0x8000, 0x100000);
    EXPECT_EQ(regions.gap(0x1000, 0x1000, {0x1000, 0x100000}, 0x9000), 0x1000U);
}

TEST_F(RegionsTest, a_full_table_is_an_answer) {
    for (std::uint64_t i = 0; i < Regions::max_regions; ++i) add(i * 0x2000, i * 0x2000 + 0x1000);
    EXPECT_EQ(
        regions.insert({.range = {1ULL << 40, (1ULL << 40) + 1}}).error(), base::Errno::NoMem
    );
}

} // namespace
} // namespace shim
