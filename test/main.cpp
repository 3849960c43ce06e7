// Runs the unit tests of one program and closes with the line that the test runner adds up.

#include "base/test_folders.hpp"

#include <cstdio>

#include <gtest/gtest.h>

char const* const enarx::test::source_folder = ENARX_SOURCE_DIR;
char const* const enarx::test::binary_folder = ENARX_BINARY_DIR;

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    int const status = RUN_ALL_TESTS();
    auto const& all = *::testing::UnitTest::GetInstance();
    std::printf(
        "%d passed, %d failed, %d skipped\n",
        all.successful_test_count(),
        all.failed_test_count(),
        all.skipped_test_count()
    );
    return status;
}
