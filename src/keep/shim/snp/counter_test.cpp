// The frequency of a counter that is the guest's own.

#include "keep/shim/snp/counter.hpp"

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

TEST(Counter, is_the_nominal_frequency_less_what_spread_spectrum_takes) {
    EXPECT_EQ(mean_khz(2'000, 0), 2'000'000U);
    EXPECT_EQ(mean_khz(2'000, 200), 1'996'000U);
    EXPECT_EQ(mean_khz(4'000, 1), 3'999'960U);
}

TEST(Counter, has_eighteen_bits_and_a_factor_below_the_whole) {
    EXPECT_EQ(mean_khz(~0ULL, 0), 0x3'ffff * 1000ULL);
    EXPECT_EQ(mean_khz(2'000 | 1ULL << 18, 0), 2'000'000U);
    EXPECT_EQ(mean_khz(2'000, 99'999), 20U);
    EXPECT_EQ(mean_khz(2'000, 100'000), 0U);
    EXPECT_EQ(mean_khz(2'000, ~0U), 0U);
}

} // namespace
} // namespace shim::snp
