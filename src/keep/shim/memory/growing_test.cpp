#include "keep/shim/memory/growing.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <gtest/gtest.h>

namespace shim {
namespace {

constexpr fake::Memory own_memory{.first = 64ULL << 20, .limit = 160ULL << 20, .own = true};
constexpr std::size_t words = 4 * hw::page_size / 8;

struct GrowingTest : testing::Test {
    fake::World world{own_memory};
    alignas(hw::page_size) std::array<std::uint64_t, words> memory;
    Growing<std::uint64_t, words> table{memory};

    GrowingTest() { memory.fill(0xa5); }
};

TEST_F(GrowingTest, a_table_takes_as_many_pages_as_it_needs_and_finds_them_zero) {
    table.reach(513);
    EXPECT_EQ(memory[0], 0U);
    EXPECT_EQ(memory[1023], 0U);
    EXPECT_EQ(memory[1024], 0xa5U);
}

TEST_F(GrowingTest, no_page_is_taken_twice_and_what_is_there_stays) {
    table.reach(1);
    table[0] = 7;
    for (std::size_t count = 0; count <= words; ++count) table.reach(count); // else Misused
    table.reach(3);
    EXPECT_EQ(table[0], 7U);
    EXPECT_EQ(memory.back(), 0U);
}

TEST_F(GrowingTest, what_a_table_has_taken_another_view_of_it_would_take_again) {
    table.reach(1);
    Growing<std::uint64_t, words> other{memory};
    EXPECT_THROW(other.reach(1), fake::Misused);
}

TEST_F(GrowingTest, the_shim_looks_at_no_table_beyond_what_it_has_taken) {
    // All of them are full of what a host left there: what is not taken first cannot be read as
    // empty.
    auto& kernel = world.kernel();
    EXPECT_FALSE(kernel.files.find(0));
    EXPECT_EQ(kernel.files.add({.kind = File::Kind::Host, .handle = 5}).value(), 0U);
    EXPECT_EQ(kernel.files.add({.kind = File::Kind::Host, .handle = 6}, 700).value(), 700U);
    EXPECT_FALSE(kernel.files.find(699));
    EXPECT_FALSE(kernel.files.find(701));
    EXPECT_TRUE(kernel.files.handle_in_use(6));
    EXPECT_FALSE(kernel.files.handle_in_use(0xa5a5a5a5));
    for (std::uint32_t i = 0; i < 500; ++i) {
        auto const watch = kernel.watches.add(1, i);
        ASSERT_TRUE(watch);
        EXPECT_EQ(kernel.watches.find(1, i), *watch);
    }
    EXPECT_EQ(kernel.watches.find(1, 500), nullptr);
}

} // namespace
} // namespace shim
