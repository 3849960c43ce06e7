#include "host/vmm/backend/snp/cpuid.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace {

using namespace host::vmm;
using snp::CpuidTable;

kvm_cpuid_entry2 all_ones(std::uint32_t leaf, std::uint32_t subleaf = 0) {
    return {
        .function = leaf,
        .index = subleaf,
        .flags = 0,
        .eax = ~0U,
        .ebx = ~0U,
        .ecx = ~0U,
        .edx = ~0U,
        .padding = {}
    };
}

TEST(SnpCpuid, HidesWhatTheFirmwareRefusesAndNothingElse) {
    CpuidTable const table{
        all_ones(1),
        all_ones(7),
        all_ones(7, 1),
        all_ones(0x4000'0000),
        all_ones(0x8000'0008),
        all_ones(0x8000'001f),
        all_ones(0x8000'0021)
    };
    auto const seen = snp::for_guest(table);
    ASSERT_EQ(seen.size(), 6U) << "a hypervisor's own leaf";
    EXPECT_EQ(seen[0].ecx, ~(1U << 24));
    EXPECT_EQ(seen[1].ebx, ~2U);
    EXPECT_EQ(seen[1].edx, 0x03ff'ffffU);
    EXPECT_EQ(seen[2].ebx, ~0U);
    EXPECT_EQ(seen[3].ebx, ~(1U << 25));
    EXPECT_EQ(seen[4].ebx, ~0U);
    EXPECT_EQ(seen[5].eax, ~(1U << 9));
    EXPECT_EQ(seen[5].ecx, 0U);
}

TEST(SnpCpuid, MakesAPageOfATable) {
    auto const page =
        snp::page_of({all_ones(1), all_ones(0xd, 0), all_ones(0xd, 1), all_ones(0xd, 2)});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->count, 4U);
    EXPECT_EQ(page->functions[0].eax_in, 1U);
    EXPECT_EQ(page->functions[0].xcr0_in, 0U);
    EXPECT_EQ(page->functions[0].ebx, ~0U);
    for (std::size_t const i : {1U, 2U}) {
        EXPECT_EQ(page->functions[i].ecx_in, i - 1);
        EXPECT_EQ(page->functions[i].xcr0_in, 1U);
        EXPECT_EQ(page->functions[i].ebx, 0x240U) << "as for x87 and SSE alone";
    }
    EXPECT_EQ(page->functions[3].ebx, ~0U) << "of a component, its offset";
    EXPECT_EQ(page->functions[4].eax_in, 0U);
}

TEST(SnpCpuid, OfMoreLeavesThanAPageHoldsIsRefused) {
    EXPECT_TRUE(snp::page_of(CpuidTable(64, all_ones(1))));
    EXPECT_FALSE(snp::page_of(CpuidTable(65, all_ones(1))));
}

} // namespace
