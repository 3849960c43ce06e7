// CPUID from the firmware's page: which entry counts, and what is computed.

#include "keep/shim/snp/cpuid_table.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

struct Leaf {
    std::uint32_t leaf;
    std::uint32_t subleaf;
    Cpuid of;
    std::uint64_t xcr0 = 0;
    std::uint64_t xss = 0;
};

hw::snp::CpuidPage page_of(std::vector<Leaf> const& leaves) {
    hw::snp::CpuidPage page{};
    page.count = static_cast<std::uint32_t>(leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        auto& f = page.functions.at(i);
        f.eax_in = leaves[i].leaf;
        f.ecx_in = leaves[i].subleaf;
        f.xcr0_in = leaves[i].xcr0;
        f.xss_in = leaves[i].xss;
        f.eax = leaves[i].of.eax;
        f.ebx = leaves[i].of.ebx;
        f.ecx = leaves[i].of.ecx;
        f.edx = leaves[i].of.edx;
    }
    return page;
}

CpuidTable table_of(std::vector<Leaf> const& leaves) {
    CpuidTable table;
    EXPECT_TRUE(table.take(page_of(leaves)));
    return table;
}

constexpr CpuidTable::Running plain{.cpu = 3, .xcr0 = 7};

TEST(TheCpuidPage, with_more_entries_than_it_holds_is_none) {
    auto page = page_of({{1, 0, {1, 2, 3, 4}}});
    for (std::uint32_t const count : {65U, 1000U, ~0U}) {
        page.count = count;
        CpuidTable table;
        EXPECT_EQ(table.take(page).error(), base::Errno::Proto);
    }
}

TEST(TheCpuidPage, gives_each_register_its_own_value_and_zero_where_it_has_none) {
    auto const table = table_of({{0x8000'0001, 0, {1, 2, 3, 4}}, {7, 1, {5, 6, 7, 8}}});
    auto const of = table.entry(0x8000'0001, 0);
    EXPECT_EQ(of.eax, 1U);
    EXPECT_EQ(of.ebx, 2U);
    EXPECT_EQ(of.ecx, 3U);
    EXPECT_EQ(of.edx, 4U);
    EXPECT_EQ(table.entry(0x8000'0001, 99).edx, 4U); // does not look at ECX
    EXPECT_EQ(table.entry(7, 1).edx, 8U);
    EXPECT_EQ(table.entry(7, 0).edx, 0U);
    EXPECT_EQ(table.entry(0x4000'0000, 0).eax, 0U); // no hypervisor's
}

TEST(TheCpuidPage, does_not_show_entries_behind_its_count) {
    auto page = page_of({{1, 0, {1, 1, 1, 1}}, {2, 0, {2, 2, 2, 2}}});
    page.count = 1;
    CpuidTable table;
    ASSERT_TRUE(table.take(page));
    EXPECT_EQ(table.entry(2, 0).eax, 0U);
}

TEST(WhatDependsOnTheVcpu, is_put_in) {
    auto const table = table_of(
        {{1, 0, {0, 0xab00'0800, 0, 0}}, {7, 0, {0, 0, 0x18, 0}}, {0xb, 0, {1, 2, 0x100, 77}}}
    );
    EXPECT_EQ(table.answer(1, 0, plain).ebx, 0x0300'0800U);
    EXPECT_EQ(table.answer(1, 0, plain).ecx, 1U << 27);
    EXPECT_EQ(table.answer(7, 0, plain).ecx, 0x8U);
    EXPECT_EQ(table.answer(0xb, 0, plain).edx, 3U);
}

// The sizes of a Zen 4: AVX at 0x240, AVX-512 at 0x340, 0x380 and 0x580.
std::vector<Leaf> const state{
    {0xd, 0, {0x2e7, 0x240, 0x980, 0}, 1},
    {0xd, 0, {0x2e7, 0xdead, 0x980, 0}, 7},
    {0xd, 1, {0xf, 0x240, 0x1800, 0}, 1},
    {0xd, 1, {0xf, 0xdead, 0x1800, 0}, 1, 0x800},
    {0xd, 2, {0x100, 0x240, 0, 0}},
    {0xd, 5, {0x40, 0x340, 0, 0}},
    {0xd, 6, {0x200, 0x380, 0, 0}},
    {0xd, 7, {0x400, 0x580, 0, 0}},
    {0xd, 9, {0x8, 0x980, 0, 0}},
};

TEST(TheSizeOfExtendedState, is_that_of_what_is_enabled) {
    auto const table = table_of(state);
    struct Row {
        std::uint64_t xcr0;
        std::uint32_t standard;
        std::uint32_t compact;
    };
    for (auto const& row : std::vector<Row>{
             {1, 0x240, 0x240},
             {3, 0x240, 0x240},
             {7, 0x340, 0x340},
             {0xe7, 0x980, 0x980},
             {0x2e7, 0x988, 0x988},
             {0x203, 0x988, 0x248}
         }) {
        EXPECT_EQ(table.answer(0xd, 0, {.cpu = 0, .xcr0 = row.xcr0}).ebx, row.standard) << row.xcr0;
        EXPECT_EQ(table.answer(0xd, 1, {.cpu = 0, .xcr0 = row.xcr0}).ebx, row.compact) << row.xcr0;
    }
    EXPECT_EQ(table.answer(0xd, 0, plain).ecx, 0x980U);
    EXPECT_EQ(table.answer(0xd, 2, plain).ebx, 0x240U);
}

// This machine's own processor, as a firmware would take its table: of XCR0 as it is here.
TEST(TheSizeOfExtendedState, is_what_the_processor_says_here) {
    auto const here = [](std::uint32_t leaf, std::uint32_t subleaf) {
        Cpuid of{.eax = leaf, .ebx = 0, .ecx = subleaf, .edx = 0};
        asm volatile("cpuid" : "+a"(of.eax), "=b"(of.ebx), "+c"(of.ecx), "=d"(of.edx));
        return of;
    };
    constexpr std::uint32_t osxsave = 1U << 27;
    if ((here(1, 0).ecx & osxsave) == 0) GTEST_SKIP() << "this processor has no XSAVE";
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    std::uint64_t const xcr0 = low | std::uint64_t{high} << 32;
    std::vector<Leaf> leaves;
    for (std::uint32_t i = 0; i < 40; ++i) {
        auto of = here(0xd, i);
        if (i <= 1) of.ebx = 0x240;
        leaves.push_back({0xd, i, of, i <= 1 ? 1U : 0U});
        // What a page may hold beside it: bases of another XCR0, whose sizes are not ours.
        if (i <= 1) leaves.push_back({0xd, i, {of.eax, 0x123, 0x123, 0}, 7});
    }
    std::ranges::reverse(leaves);
    auto const table = table_of(leaves);
    EXPECT_EQ(table.answer(0xd, 0, {.cpu = 0, .xcr0 = xcr0}).ebx, here(0xd, 0).ebx);
}

TEST(TheSizeOfExtendedState, is_aligned_where_the_component_says_so) {
    auto const table = table_of({{0xd, 1, {2, 0x240, 0, 0}, 1}, {0xd, 9, {9, 0x980, 2, 0}}});
    EXPECT_EQ(table.answer(0xd, 1, {.cpu = 0, .xcr0 = 0x207}).ebx, 0x349U);
    EXPECT_EQ(table.answer(0xd, 1, {.cpu = 0, .xcr0 = 0x203}).ebx, 0x249U);
}

// XSAVE writes those 256 bytes: a program that gave them no room would be overwritten.
TEST(TheSizeOfExtendedState, has_room_for_avx_whatever_the_page_says) {
    for (auto const& leaves : std::vector<std::vector<Leaf>>{
             {},
             {{0xd, 0, {0x207, 0, 0, 0}, 1}},
             {{0xd, 0, {3, 0x240, 0x240, 0}, 1}, {0xd, 1, {0xf, 0x240, 0, 0}, 1}},
             {{0xd, 0, {7, 0x240, 0x340, 0}, 1}, {0xd, 2, {0, 0, 0, 0}}},
             {{0xd, 0, {7, 0x240, 0x340, 0}, 1}, {0xd, 2, {0x10, 0x10, 2, 0}}},
             {{0xd, 2, {~0U, ~0U, ~0U, ~0U}}}
         }) {
        auto const table = table_of(leaves);
        auto const base = table.answer(0xd, 0, plain);
        EXPECT_EQ(base.ebx, 0x340U);
        EXPECT_GE(base.ecx, 0x340U);
        EXPECT_EQ(base.eax & 7U, 7U);
        auto const avx = table.answer(0xd, 2, plain);
        EXPECT_EQ(avx.eax, 0x100U);
        EXPECT_EQ(avx.ebx, 0x240U);
        EXPECT_EQ(avx.ecx, 0U);
        auto const compact = table.answer(0xd, 1, plain);
        EXPECT_EQ(compact.ebx, (compact.eax & 2U) == 0 ? 0U : 0x340U);
    }
}

TEST(TheSizeOfExtendedState, does_not_wrap_whatever_the_page_says) {
    auto const table =
        table_of({{0xd, 0, {7, 0x240, 0, 0}, 1}, {0xd, 9, {0xffff'ffff, 0xffff'ffff, 0, 0}}});
    EXPECT_EQ(table.answer(0xd, 0, {.cpu = 0, .xcr0 = 0x203}).ebx, 2U << 20);
}

TEST(ExtendedState, that_is_enabled_lies_where_the_architecture_has_it_or_is_not_vouched_for) {
    EXPECT_TRUE(fixed_state(1));
    EXPECT_TRUE(fixed_state(3));
    EXPECT_TRUE(fixed_state(7));
    for (auto const more : {0xe7ULL, 0x207ULL, 0xfULL, 1ULL << 63}) EXPECT_FALSE(fixed_state(more));
}

} // namespace
} // namespace shim::snp
