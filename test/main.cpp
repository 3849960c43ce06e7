// Runs the unit tests of one program and closes with the line that the test runner adds up.

#include "base/test_folders.hpp"

#include <cstdio>

#include <gtest/gtest.h>

char const* const enarx::test::source_folder = ENARX_SOURCE_DIR;
char const* const enarx::test::binary_folder = ENARX_BINARY_DIR;

namespace {

// The runner shows a test's reason for skipping only on a line that begins so. A test that has
// printed its own gives googletest no words.
struct SkipLines : ::testing::EmptyTestEventListener {
    void OnTestStart(::testing::TestInfo const& info) override { test = &info; }
    void OnTestEnd(::testing::TestInfo const& /*info*/) override { test = nullptr; }
    // googletest holds its lock here: whoever asks it for the test waits for ever.
    void OnTestPartResult(::testing::TestPartResult const& result) override {
        if (!result.skipped() || *result.message() == '\0') return;
        auto const* const suite = test == nullptr ? "a suite" : test->test_suite_name();
        auto const* const name = test == nullptr ? "all tests" : test->name();
        std::printf("SKIP %s.%s: %s\n", suite, name, result.message());
    }

    ::testing::TestInfo const* test = nullptr;
};

} // namespace

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    // googletest owns and deletes it.
    ::testing::UnitTest::GetInstance()->listeners().Append(new SkipLines);
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
