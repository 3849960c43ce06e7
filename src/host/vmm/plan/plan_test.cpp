#include "host/vmm/plan/plan.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace host::vmm {
namespace {

constexpr ImageSizes sizes{
    .shim = 6000, .shim_end = 0x40'3000, .program = (1 << 20) + 5, .tree = 9000
};

Wishes wishing(std::uint64_t memory_limit, MemoryKind kind) {
    Wishes wishes;
    wishes.memory = kind;
    wishes.memory_limit = memory_limit;
    wishes.arguments = {"program", "argument"};
    for (std::uint64_t const size : {0U, 1U, 4096U, 300U << 10})
        wishes.descriptors.push_back({.number = 3, .memory_size = size, .resident = true});
    wishes.descriptors.push_back({.number = 7, .handle = 2});
    return wishes;
}

TEST(Plan, of_more_memory_than_there_are_addresses_is_refused_however_much_more_it_is) {
    constexpr auto most = protocol::launch::address_limit;
    constexpr std::uint64_t all = ~std::uint64_t{0};
    for (auto const kind : {MemoryKind::Plain, MemoryKind::Sealed})
        for (auto const wish : {most, most + 1, all / 2, all - (1 << 30), all}) {
            auto const plan = Plan::make(sizes, wishing(wish, kind));
            ASSERT_FALSE(plan) << wish;
            EXPECT_EQ(plan.error().name, "keep-plan");
        }
}

TEST(Plan, bounds_memory_by_what_was_wished) {
    constexpr std::uint64_t wish = 1ULL << 30;
    auto const plan = Plan::make(sizes, wishing(wish, MemoryKind::Plain));
    ASSERT_TRUE(plan);
    auto const boot = plan->boot({});
    EXPECT_GE(boot.memory_limit - boot.memory, wish);
    EXPECT_LT(boot.memory_limit - boot.memory, wish + protocol::launch::chunk_size);
}

TEST(Plan, has_its_regions_on_pages_of_their_own_in_the_order_of_their_addresses) {
    for (auto const kind : {MemoryKind::Plain, MemoryKind::Sealed}) {
        auto const plan = Plan::make(sizes, wishing(1 << 30, kind)).value();
        std::uint64_t end = 0;
        for (auto const& region : plan.regions()) {
            SCOPED_TRACE(region.name);
            EXPECT_GE(region.begin, end);
            EXPECT_GE(region.end, region.begin);
            EXPECT_EQ(region.begin % page_size, 0U);
            EXPECT_EQ(region.end % page_size, 0U);
            EXPECT_LE(region.contents.size, region.size());
            EXPECT_LE(region.used_at_once, region.size());
            end = region.end;
        }
        EXPECT_EQ(end, plan.memory_end());
    }
}

TEST(Plan, says_in_the_boot_block_where_its_regions_lie) {
    auto const plan = Plan::make(sizes, wishing(1 << 30, MemoryKind::Sealed)).value();
    auto const boot = plan.boot({});
    auto const at = [&](Part part, std::uint32_t index = 0) -> Region const& {
        return *std::ranges::find_if(plan.regions(), [&](Region const& region) {
            return region.contents.part == part && region.contents.index == index;
        });
    };
    EXPECT_EQ(boot.program, at(Part::Program).begin);
    EXPECT_EQ(boot.program_size, at(Part::Program).contents.size);
    EXPECT_EQ(boot.tree, at(Part::Tree).begin);
    for (std::uint32_t i = 0; i < 4; ++i) {
        EXPECT_EQ(boot.descriptors[i].place, at(Part::File, i).begin);
        EXPECT_EQ(boot.descriptors[i].size, at(Part::File, i).contents.size);
    }
    EXPECT_EQ(boot.descriptors[4].place, 2U);
    EXPECT_EQ(boot.strings_size, at(Part::Strings).contents.size);
    EXPECT_EQ(boot.memory, plan.regions().back().begin);
    EXPECT_EQ(boot.memory_end, plan.regions().back().end);
}

TEST(Plan, of_sealed_memory_is_open_up_to_what_the_program_has) {
    auto const plan = Plan::make(sizes, wishing(1 << 30, MemoryKind::Sealed)).value();
    auto const made = stretches(plan.regions());
    ASSERT_EQ(made.size(), 2U);
    EXPECT_EQ(made[0].holder, Holder::Shared);
    EXPECT_EQ(made[0].begin, protocol::launch::image_address);
    EXPECT_EQ(made[0].end, plan.boot({}).open_end);
    EXPECT_EQ(made[1].holder, Holder::Sealed);
    EXPECT_EQ(made[1].begin, plan.boot({}).open_end);
    EXPECT_EQ(made[1].end, plan.memory_end());
    EXPECT_EQ(made[0].regions.size() + made[1].regions.size(), plan.regions().size());
    for (auto const& region : made[1].regions)
        EXPECT_TRUE(region.contents.part == Part::File || region.contents.part == Part::Nothing)
            << region.name;
    EXPECT_TRUE(plan.sealed());
}

TEST(Plan, of_plain_memory_is_one_stretch) {
    auto const plan = Plan::make(sizes, wishing(1 << 30, MemoryKind::Plain)).value();
    auto const made = stretches(plan.regions());
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].end, plan.memory_end());
    EXPECT_FALSE(plan.sealed());
}

} // namespace
} // namespace host::vmm
