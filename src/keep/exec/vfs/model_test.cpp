// The memory mount answers as its model does: on the fuzzer's seeds, and on arbitrary operations.

#include "base/test_folders.hpp"
#include "keep/exec/vfs/test/compare.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace exec::vfs {
namespace {

using test::disagreement;

TEST(Model, agrees_with_memory_on_every_seed_of_the_fuzzer) {
    std::filesystem::path const seeds{std::string{enarx::test::source_folder} + "/test/fuzz/vfs"};
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator{seeds}) {
        std::ifstream file{entry.path(), std::ios::binary};
        std::vector<std::uint8_t> const bytes{std::istreambuf_iterator<char>{file}, {}};
        EXPECT_EQ(disagreement(bytes), std::nullopt) << entry.path();
        ++count;
    }
    EXPECT_GT(count, 0);
}

TEST(Model, agrees_with_memory_on_arbitrary_operations) {
    std::mt19937 random{2024};
    for (int round = 0; round < 100; ++round) {
        std::vector<std::uint8_t> bytes(4000);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        ASSERT_EQ(disagreement(bytes), std::nullopt) << "round " << round;
    }
}

} // namespace
} // namespace exec::vfs
