#include "keep/exec/wasi/convert.hpp"

#include <gtest/gtest.h>

namespace exec::wasi {
namespace {

TEST(Convert, ErrorsKeepTheirMeaning) {
    EXPECT_EQ(to_wasi(base::Errno::Perm), Errno::Perm);
    EXPECT_EQ(to_wasi(base::Errno::Again), Errno::Again);
    EXPECT_EQ(to_wasi(base::Errno::RoFs), Errno::RoFs);
    EXPECT_EQ(to_wasi(base::Errno::ConnReset), Errno::ConnReset);
    EXPECT_EQ(to_wasi(base::Errno::NotRecoverable), Errno::NotRecoverable);
}

TEST(Convert, AnErrorThatNobodyNamedIsAnInputOutputError) {
    EXPECT_EQ(to_wasi(base::Errno{0}), Errno::Io);
    EXPECT_EQ(to_wasi(base::Errno{-5}), Errno::Io);
    EXPECT_EQ(to_wasi(base::Errno{4095}), Errno::Io);
}

TEST(Convert, APipeHasNoTypeInWasi) {
    struct ::stat stat{};
    stat.st_mode = S_IFIFO;
    EXPECT_EQ(type_of(stat), FileType::Unknown);
    stat.st_mode = S_IFCHR;
    EXPECT_EQ(type_of(stat), FileType::CharacterDevice);
}

TEST(Convert, TimesBefore1970AreZero) {
    struct ::stat stat{};
    stat.st_mtim = {.tv_sec = -1, .tv_nsec = 5};
    stat.st_atim = {.tv_sec = 2, .tv_nsec = 5};
    EXPECT_EQ(to_wasi(stat).modified_ns, 0U);
    EXPECT_EQ(to_wasi(stat).accessed_ns, 2'000'000'005U);
}

} // namespace
} // namespace exec::wasi
