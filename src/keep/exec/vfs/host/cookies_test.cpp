#include "keep/exec/vfs/host/cookies.hpp"

#include <gtest/gtest.h>

namespace {

using base::Errno;
using exec::vfs::host::Cookies;

TEST(Cookies, AreSmallNumbersForPositionsOfAnySize) {
    Cookies cookies;
    EXPECT_EQ(cookies.of(0x7fff'ffff'ffff'ffffU), 1U);
    EXPECT_EQ(cookies.of(0x1234'5678'9abc'def0U), 2U);
    EXPECT_EQ(cookies.position(1).value(), 0x7fff'ffff'ffff'ffffU);
    EXPECT_EQ(cookies.position(2).value(), 0x1234'5678'9abc'def0U);
}

TEST(Cookies, KeepTheirMeaningWhenTheDirectoryIsReadAgain) {
    Cookies cookies;
    auto const first = cookies.of(500);
    auto const second = cookies.of(400);
    EXPECT_EQ(cookies.of(500), first);
    EXPECT_EQ(cookies.of(400), second);
}

TEST(Cookies, ThatNobodyWasToldAreRefused) {
    Cookies cookies;
    EXPECT_EQ(cookies.position(0).value(), 0U);
    EXPECT_EQ(cookies.position(1).error(), Errno::Inval);
}

} // namespace
