#include "host/vmm/plan/snp.hpp"
#include "hw/snp/vmsa.hpp"
#include "protocol/launch/snp.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace host::vmm {
namespace {

namespace launch = protocol::launch;
using hw::snp::PageType;

constexpr ImageSizes sizes{
    .shim = (9 * page_size) + 1, .shim_end = 0x41'0000, .program = 1 << 20, .tree = 9000
};

Wishes wishing(std::uint32_t cpus) {
    Wishes wishes;
    wishes.max_cpus = cpus;
    wishes.arguments = {"program", "argument"};
    wishes.descriptors.push_back({.number = 3, .memory_size = 300U << 10, .resident = true});
    return wishes;
}

Plan plan_of(std::uint32_t cpus) { return snp_plan(sizes, wishing(cpus)).value(); }

bool lies_in_memory(Region const& region) { return region.holder != Holder::Processor; }

TEST(SnpPlan, adds_the_shims_file_two_pages_of_the_platform_and_a_vmsa_for_each_vcpu) {
    for (std::uint32_t const cpus : {1U, 4U, launch::snp::most_cpus}) {
        auto const plan = plan_of(cpus);
        std::map<PageType, std::uint64_t> pages;
        for (auto const& region : plan.regions())
            if (region.type) pages[*region.type] += region.pages();
        std::map<PageType, std::uint64_t> const wanted{
            {PageType::Normal, 10},
            {PageType::Secrets, 1},
            {PageType::Cpuid, 1},
            {PageType::Vmsa, cpus},
        };
        EXPECT_EQ(pages, wanted);
        EXPECT_EQ(pages_added(plan.regions()), 12 + cpus);
    }
}

TEST(SnpPlan, adds_the_vmsas_last_as_the_kernel_does) {
    auto const plan = plan_of(3);
    auto const of_processor = [](Region const& region) { return !lies_in_memory(region); };
    auto const first = std::ranges::find_if(plan.regions(), of_processor);
    EXPECT_EQ(plan.regions().end() - first, 3);
    EXPECT_TRUE(std::all_of(first, plan.regions().end(), of_processor));
    for (auto at = first; at != plan.regions().end(); ++at) EXPECT_EQ(at->begin, hw::snp::vmsa_gpa);
}

TEST(SnpPlan, has_nothing_in_private_memory_but_what_is_measured_and_the_cpuid_page) {
    for (auto const& region : plan_of(4).regions()) {
        SCOPED_TRACE(region.name);
        if (region.holder != Holder::Private || region.contents.part == Part::Nothing) continue;
        EXPECT_TRUE(region.contents.part == Part::Shim || region.contents.part == Part::Cpuid);
        EXPECT_TRUE(region.type.has_value());
    }
}

// What it brings in ahead it pays for, used or not.
TEST(SnpPlan, brings_in_what_the_shim_uses_at_once_and_not_its_tables) {
    ImageSizes with_tables = sizes;
    with_tables.shim_memory = 0x40'e000;
    auto const plan = snp_plan(with_tables, wishing(4)).value();
    auto const of = [&](std::string_view name) {
        return *std::ranges::find(plan.regions(), name, &Region::name);
    };
    EXPECT_EQ(of("shim's tables").used_at_once, 0U);
    EXPECT_EQ(of("shim's tables").begin, 0x40'a000U);
    EXPECT_EQ(of("shim's memory").begin, 0x40'e000U);
    EXPECT_EQ(of("shim's memory").used_at_once, 0x2000U);
    EXPECT_EQ(of("shim's memory").end, 0x41'0000U);
}

TEST(SnpPlan, adds_nothing_that_is_shared) {
    for (auto const& region : plan_of(4).regions())
        if (region.holder == Holder::Shared) EXPECT_FALSE(region.type) << region.name;
}

TEST(SnpPlan, has_its_borders_between_private_and_shared_on_large_pages) {
    auto const plan = plan_of(5);
    auto const made = stretches(plan.regions());
    ASSERT_EQ(made.size(), 3U);
    EXPECT_EQ(made[0].holder, Holder::Private);
    EXPECT_EQ(made[0].begin, launch::snp::secrets_address);
    EXPECT_EQ(made[0].end, launch::boot_address);
    EXPECT_EQ(made[1].holder, Holder::Shared);
    EXPECT_EQ(made[1].end, plan.memory());
    EXPECT_EQ(made[2].holder, Holder::Private);
    EXPECT_EQ(made[2].end, plan.memory_end());
    for (auto const& stretch : made) {
        EXPECT_EQ(stretch.begin % launch::chunk_size, 0U);
        EXPECT_EQ(stretch.end % launch::chunk_size, 0U);
    }
}

TEST(SnpPlan, has_its_regions_apart_whatever_the_number_of_vcpus) {
    for (std::uint32_t const cpus : {1U, 2U, launch::snp::most_cpus}) {
        std::uint64_t end = 0;
        auto const plan = plan_of(cpus);
        for (auto const& region : plan.regions()) {
            if (!lies_in_memory(region)) continue;
            SCOPED_TRACE(region.name);
            EXPECT_GE(region.begin, end);
            EXPECT_EQ(region.begin % page_size, 0U);
            EXPECT_EQ(region.end % page_size, 0U);
            end = region.end;
        }
        EXPECT_GE(plan.boot({}).program, launch::snp::block_of(cpus));
        EXPECT_EQ(plan.boot({}).open, plan.boot({}).open_end);
    }
}

TEST(SnpPlan, of_no_vcpus_or_of_more_than_there_are_places_for_is_refused) {
    for (std::uint32_t const cpus : {0U, launch::snp::most_cpus + 1, ~0U}) {
        auto const plan = snp_plan(sizes, wishing(cpus));
        ASSERT_FALSE(plan) << cpus;
        EXPECT_EQ(plan.error().name, "keep-plan");
    }
}

} // namespace
// exec: its first thread, one for each processor that it is told of, and one that waits.
TEST(SnpPlan, tells_a_program_of_no_more_processors_than_it_has_vcpus_for) {
    EXPECT_EQ(processors_told(1), 1U); // a program without threads
    for (std::uint32_t vcpus = 2; vcpus <= 128; ++vcpus)
        EXPECT_LE(processors_told(vcpus) + 1, vcpus) << vcpus;
    EXPECT_EQ(processors_told(4), 2U);
}

} // namespace host::vmm
