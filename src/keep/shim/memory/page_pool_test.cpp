// Memory that is the Keep's own, from a host that gives it dirty and lies about what it took back:
// what the program finds is zero, and no page is accepted or given back twice.

#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shim {
namespace {

constexpr std::uint64_t mmap_number = 9;
constexpr std::uint64_t munmap_number = 11;
constexpr fake::Memory own_memory{.first = 64ULL << 20, .limit = 160ULL << 20, .own = true};

bool all_zero(std::span<std::byte const> bytes) {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{}; });
}

struct OwnMemory : testing::Test {
    fake::World world{own_memory};
    unsigned discards = 0;
    bool kept = false; // a page that the host was told is free
    std::mt19937_64 random{1};

    OwnMemory() {
        // Whatever it says, it keeps or changes what lay there.
        world.set_host([this](Call call, Arguments const& a, std::span<std::byte>) -> std::int64_t {
            if (call == Call::Grow) return static_cast<std::int64_t>(a[0]);
            if (call != Call::Discard) return -38;
            ++discards;
            for (auto at = a[0]; at < a[0] + a[1]; at += hw::page_size)
                kept = kept || fake::World::owns(hw::PhysAddr{at});
            if (random() % 2 == 0) std::memset(physical(hw::PhysAddr{a[0]}), 0x5a, a[1]);
            return random() % 3 == 0 ? -22 : 0;
        });
    }

    // Maps so much, finds it zero and leaves it full of something.
    std::uint64_t use(std::uint64_t size) {
        auto const at =
            static_cast<std::uint64_t>(world.call(mmap_number, {0, size, 3, 0x22, ~0ULL, 0}));
        for (std::uint64_t i = 0; i < size; i += hw::page_size) {
            EXPECT_TRUE(all_zero(world.get(at + i, hw::page_size))) << i;
            auto const place = world.touch(at + i, Access::Write);
            if (place) std::memset(physical(*place), 0xee, hw::page_size);
        }
        return at;
    }
};

TEST_F(OwnMemory, is_zero_when_the_program_finds_it_however_the_host_gave_it) {
    for (std::uint64_t const size : {4096UL, 100UL << 10, 3UL << 20, 100UL << 20, 70UL << 20}) {
        auto const at = use(size);
        EXPECT_EQ(world.call(munmap_number, {at, size}), 0);
    }
    EXPECT_GT(discards, 20U);
}

TEST_F(OwnMemory, holds_through_any_order_of_mapping_and_unmapping) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held;
    for (unsigned step = 0; step < 150; ++step) {
        std::uint64_t const size = (1 + random() % 40) << (12 + random() % 8);
        held.emplace_back(use(size), size);
        if (held.size() < 4) continue;
        auto const gone = held.begin() + static_cast<std::ptrdiff_t>(random() % held.size());
        EXPECT_EQ(world.call(munmap_number, {gone->first, gone->second}), 0);
        held.erase(gone);
    }
}

TEST_F(OwnMemory, is_let_go_of_before_the_host_hears_that_it_is_free) {
    auto const at = use(100UL << 20);
    EXPECT_EQ(world.call(munmap_number, {at, 100UL << 20}), 0);
    EXPECT_GT(discards, 0U);
    EXPECT_FALSE(kept);
}

TEST_F(OwnMemory, changes_hands_under_the_lock_alone) {
    auto const at = use(70UL << 20);
    fake::World::demand_lock();
    EXPECT_EQ(world.call(munmap_number, {at, 70UL << 20}), 0);
    constexpr std::uint64_t populate = 0x8000;
    for (std::uint64_t const size : {4096UL, 100UL << 10, 3UL << 20, 90UL << 20}) {
        auto const again = static_cast<std::uint64_t>(
            world.call(mmap_number, {0, size, 3, 0x22 | populate, ~0ULL, 0})
        );
        ASSERT_TRUE(world.touch(again, Access::Write));
        EXPECT_EQ(world.call(munmap_number, {again, size}), 0);
    }
}

// Whoever zeroes a page once it is mapped wipes what another thread has written by then.
TEST_F(OwnMemory, is_zero_when_the_pool_hands_it_out) {
    auto& pool = world.kernel().pool;
    for (unsigned round = 0; round < 3; ++round) {
        std::vector<hw::PhysAddr> pages;
        for (unsigned i = 0; i < 1200; ++i) {
            pages.push_back(pool.page().value());
            std::span<std::byte> const bytes{physical(pages.back()), hw::page_size};
            ASSERT_TRUE(all_zero(bytes)) << round << ' ' << i;
            std::ranges::fill(bytes, std::byte{0xee});
        }
        for (auto const page : pages) pool.release(page);
        auto const large = pool.large().value();
        ASSERT_TRUE(all_zero({physical(large), large_page_size})) << round;
        std::memset(physical(large), 0xee, large_page_size);
        pool.release_large(large);
    }
}

TEST_F(OwnMemory, is_zero_where_page_tables_lie) {
    for (unsigned i = 0; i < 1000; ++i) {
        auto const table = world.kernel().pool.table();
        ASSERT_TRUE(table);
        ASSERT_TRUE(all_zero({physical(*table), hw::page_size})) << i;
    }
}

TEST(HostsMemory, is_not_written_to_before_the_program_does) {
    fake::World world;
    auto const fresh = world.kernel().pool.page().value();
    EXPECT_TRUE(all_zero({physical(fresh), hw::page_size}));
    auto const next = physical(fresh) + hw::page_size;
    next[5] = std::byte{1}; // as the host's own mapping has it: nobody pays for it twice
    EXPECT_EQ(world.kernel().pool.page().value(), fresh + hw::page_size);
    EXPECT_EQ(next[5], std::byte{1});
}

TEST(Spawn, that_the_host_refuses_costs_nothing_the_second_time) {
    fake::World world;
    world.kernel().max_threads = 2;
    unsigned asked = 0;
    world.set_host([&](Call call, Arguments const&, std::span<std::byte>) -> std::int64_t {
        if (call == Call::Spawn) ++asked;
        return -11;
    });
    constexpr std::uint64_t clone_number = 56;
    constexpr std::uint64_t thread_flags = 0x3d0f00;
    auto const stack = world.room(4096) + 4096;
    auto const clone = [&] {
        return world.call(clone_number, {thread_flags, stack, stack - 8, stack - 8, stack - 64});
    };
    EXPECT_EQ(clone(), -11);
    auto const table = world.kernel().pool.table().value();
    for (unsigned i = 0; i < 1000; ++i) EXPECT_EQ(clone(), -11);
    EXPECT_EQ(asked, 1001U);
    EXPECT_EQ(world.kernel().pool.table().value(), table + hw::page_size);
}

} // namespace
} // namespace shim
