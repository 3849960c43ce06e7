// What one vCPU takes from the program no other has any more when the call returns: several vCPUs
// that remember what they have touched, as processors do.

#include "keep/shim/platform/fake/world.hpp"

#include <random>

#include <gtest/gtest.h>

namespace shim {
namespace {

constexpr auto read_write = Access::Read | Access::Write;
constexpr std::uint64_t page = hw::page_size;
constexpr std::uint64_t mmap_number = 9;
constexpr std::uint64_t mprotect_number = 10;
constexpr std::uint64_t munmap_number = 11;
constexpr std::uint64_t brk_number = 12;
constexpr std::uint64_t read_number = 0;
constexpr std::uint64_t mremap_number = 25;
constexpr std::uint64_t madvise_number = 28;
constexpr std::uint64_t fixed = 0x32; // MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED

struct TranslationsTest : testing::Test {
    fake::World world{{.cpus = 3}};

    // How the program ends if it touches that; nothing if it goes on.
    std::optional<fake::Ended> touch(unsigned cpu, std::uint64_t at, Access access) {
        world.on(cpu);
        try {
            EXPECT_TRUE(world.touch(at, access));
        } catch (fake::Ended const& end) {
            return end;
        }
        return {};
    }
    // Pages that all vCPUs have written to.
    std::uint64_t shared_room(std::uint64_t pages) {
        world.on(0);
        auto const at = world.room(pages * page);
        for (std::uint64_t i = 0; i < pages; ++i)
            for (unsigned const cpu : {2U, 1U, 0U})
                EXPECT_FALSE(touch(cpu, at + i * page, read_write));
        return at;
    }
};

TEST_F(TranslationsTest, a_right_that_is_taken_away_is_gone_on_every_vcpu) {
    struct Case {
        std::uint64_t protection;
        Access gone;
    };
    for (auto const& [protection, gone] :
         {Case{1, Access::Write}, Case{0, Access::Read}, Case{5, Access::Write}}) {
        auto const at = shared_room(3);
        EXPECT_EQ(world.call(mprotect_number, {at + page, page, protection}), 0);
        EXPECT_EQ(world.audit(), nullptr);
        for (unsigned const cpu : {1U, 2U, 0U}) {
            EXPECT_FALSE(touch(cpu, at, Access::Write));
            auto const end = touch(cpu, at + page, gone);
            ASSERT_TRUE(end) << cpu;
            EXPECT_EQ(end->signal, 11U);
        }
    }
}

TEST_F(TranslationsTest, a_mapping_that_goes_or_moves_is_gone_on_every_vcpu) {
    auto const unmapped = shared_room(1);
    EXPECT_EQ(world.call(munmap_number, {unmapped, page}), 0);
    EXPECT_EQ(world.audit(), nullptr);
    auto const moved = shared_room(2);
    ASSERT_EQ(
        world.call(mmap_number, {moved + 2 * page, page, 0, fixed, ~0ULL, 0}), moved + 2 * page
    );
    EXPECT_GT(world.call(mremap_number, {moved, 2 * page, 4 * page, 1}), 0);
    EXPECT_EQ(world.audit(), nullptr);
    auto const heap = static_cast<std::uint64_t>(world.call(brk_number, {0}));
    EXPECT_EQ(world.call(brk_number, {heap + page}), heap + page);
    for (unsigned const cpu : {1U, 0U}) EXPECT_FALSE(touch(cpu, heap, Access::Write));
    EXPECT_EQ(world.call(brk_number, {heap}), heap);
    EXPECT_EQ(world.audit(), nullptr);
    for (auto const at : {unmapped, moved, moved + page, heap})
        for (unsigned const cpu : {0U, 1U}) EXPECT_TRUE(touch(cpu, at, Access::Read)) << cpu;
}

TEST_F(TranslationsTest, no_two_vcpus_see_two_memories_at_one_address) {
    for (bool const in_place : {false, true}) {
        auto const at = shared_room(2);
        if (in_place)
            EXPECT_EQ(world.call(mmap_number, {at, 2 * page, 3, fixed, ~0ULL, 0}), at);
        else
            EXPECT_EQ(world.call(madvise_number, {at, 2 * page, 4}), 0);
        EXPECT_EQ(world.audit(), nullptr);
        for (std::uint64_t i = 0; i < 2; ++i) {
            world.on(0);
            auto const seen = world.touch(at + i * page, Access::Write);
            for (unsigned const cpu : {1U, 2U}) {
                world.on(cpu);
                EXPECT_EQ(world.touch(at + i * page, Access::Write), seen) << cpu;
            }
        }
    }
}

TEST_F(TranslationsTest, nothing_is_taken_before_every_vcpu_has_left_and_a_host_can_only_delay) {
    auto const at = shared_room(2);
    world.lose_kicks(3);
    EXPECT_EQ(world.call(munmap_number, {at, 2 * page}), 0);
    EXPECT_EQ(world.kicks(), 4U);
    EXPECT_EQ(world.audit(), nullptr) << "at one of the kicks, too";
}

TEST_F(TranslationsTest, who_is_in_the_shim_is_not_kicked_and_forgets_before_it_goes_back) {
    auto const at = shared_room(1);
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    auto const buffer = shared_room(1);
    world.set_host([&](Call, Arguments const&, std::span<std::byte>) {
        // The second vCPU waits for the host; the third has not left the program.
        for (unsigned const cpu : {2U, 0U}) {
            world.on(cpu);
            world.call(madvise_number, {at, page, 4});
            EXPECT_EQ(world.audit(), nullptr);
            EXPECT_TRUE(world.touch(at, Access::Write));
        }
        EXPECT_FALSE(world.kicked(1));
        world.on(1);
        return 0;
    });
    world.on(1);
    EXPECT_EQ(world.call(read_number, {5, buffer, 8}), 0);
    EXPECT_EQ(world.audit(), nullptr);
    world.on(0);
    auto const seen = world.touch(at, Access::Write);
    world.on(1);
    EXPECT_EQ(world.touch(at, Access::Write), seen);
}

TEST_F(TranslationsTest, what_takes_nothing_away_disturbs_nobody) {
    auto const at = shared_room(2);
    auto const fresh = world.room(64 * page);
    EXPECT_EQ(world.call(mprotect_number, {fresh, page, 3}), 0);
    EXPECT_EQ(world.call(munmap_number, {at + (1ULL << 30), page}), 0);
    EXPECT_EQ(world.call(mmap_number, {0, 8 << 20, 3, 0x22, ~0ULL, 0}) > 0, true);
    EXPECT_EQ(world.kicks(), 0U);
}

TEST(Translations, of_a_program_with_one_thread_cost_no_host_call) {
    fake::World world;
    auto const at = world.room(2 * page);
    ASSERT_TRUE(world.touch(at, Access::Write));
    EXPECT_EQ(world.call(mprotect_number, {at, page, 1}), 0);
    EXPECT_EQ(world.call(munmap_number, {at, 2 * page}), 0);
    EXPECT_EQ(world.kicks(), 0U);
    EXPECT_EQ(world.audit(), nullptr);
}

// A fault, as where nothing is mapped, is as good.
bool touch(fake::World& world, std::uint64_t at, Access access) {
    try {
        static_cast<void>(world.touch(at, access));
        return true;
    } catch (fake::Ended const&) {
        return false;
    }
}

// Any calls in any order on any vCPU, each of which touches what it likes in between.
TEST(Translations, hold_whatever_the_threads_of_a_program_do) {
    constexpr std::uint64_t span = 6 << 20; // large pages and small ones
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        fake::World world{{.cpus = 3}};
        std::mt19937_64 random{seed};
        auto const base = round_up(world.room(span + large_page_size), large_page_size);
        for (unsigned step = 0; step < 400; ++step) {
            world.on(static_cast<unsigned>(random() % 3));
            world.lose_kicks(static_cast<unsigned>(random() % 2));
            auto const at = base + random() % (span / page) * page;
            auto const size = 1 + random() % (random() % 4 == 0 ? span : 3 * page);
            switch (random() % 8) {
            case 0:
                world.call(mprotect_number, {at, size, random() % 6});
                break;
            case 1:
                world.call(madvise_number, {at, size, 4});
                break;
            case 2:
                world.call(munmap_number, {at, size});
                break;
            case 3:
                world.call(mmap_number, {at, size, 3, fixed, ~0ULL, 0});
                break;
            case 4:
                world.call(mremap_number, {at, page, 1 + random() % (4 * page), 1});
                break;
            default:
                touch(world, at, random() % 2 == 0 ? Access::Read : Access::Write);
            }
            ASSERT_STREQ(world.audit(), nullptr) << "seed " << seed << ", step " << step;
        }
    }
}

} // namespace
} // namespace shim
