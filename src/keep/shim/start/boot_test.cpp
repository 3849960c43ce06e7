// A loader that lies in the boot block: start from a good one, change one part, expect a refusal;
// and one that changes the arguments while they are read.

#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/start/start.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>
#include <sanitizer/asan_interface.h>

namespace shim {
namespace {

namespace launch = protocol::launch;

constexpr std::uint64_t mib = 1 << 20;

launch::Boot good_boot() {
    launch::Boot boot{};
    std::ranges::transform(launch::boot_magic, boot.magic.begin(), [](char c) {
        return static_cast<std::byte>(c);
    });
    boot.program = 8 * mib;
    boot.program_size = 3 * mib - 5;
    boot.tree = 11 * mib;
    boot.memory = 32 * mib;
    boot.memory_end = 64 * mib;
    boot.memory_limit = 128 * mib;
    boot.tsc_khz = 2'000'000;
    boot.max_cpus = boot.cpus = 1;
    boot.descriptor_count = 2;
    boot.descriptors[0].number = 3;
    boot.descriptors[0].kind = static_cast<std::uint32_t>(launch::DescriptorKind::Memory);
    boot.descriptors[0].place = 20 * mib;
    boot.descriptors[0].size = 5000;
    boot.descriptors[1].kind = static_cast<std::uint32_t>(launch::DescriptorKind::Named);
    boot.descriptors[1].place = 24 * mib;
    boot.descriptors[1].size = 4096;
    return boot;
}

protocol::program::Root root() {
    protocol::program::Root root{};
    root.size = 3 * mib - 5;
    return root;
}

bool accepted(launch::Boot const& boot) {
    auto* const at = physical(hw::PhysAddr{launch::boot_address});
    ASAN_UNPOISON_MEMORY_REGION(at, sizeof boot);
    std::memcpy(at, &boot, sizeof boot);
    auto const fetched = fetch_boot();
    std::memset(at, 0, sizeof boot);
    ASAN_POISON_MEMORY_REGION(at, sizeof boot);
    return fetched && check_places(*fetched, root());
}

TEST(Boot, is_accepted_where_all_lies_apart) {
    fake::World world;
    EXPECT_TRUE(accepted(good_boot()));
}

TEST(Boot, whose_ranges_share_a_page_is_refused) {
    fake::World world;
    auto const good = good_boot();
    // What is moved, and onto which other's first and last page.
    auto const places = [](launch::Boot& boot) {
        return std::array{
            &boot.program, &boot.tree, &boot.descriptors[0].place, &boot.descriptors[1].place
        };
    };
    std::array<std::uint64_t, 4> const sizes{good.program_size, 8192, 5000, 4096};
    for (std::size_t moved = 0; moved < sizes.size(); ++moved)
        for (std::size_t other = 0; other < sizes.size(); ++other) {
            if (moved == other) continue;
            auto const target = std::uint64_t{*places(const_cast<launch::Boot&>(good))[other]};
            for (auto const at : {target, round_down(target + sizes[other] - 1, hw::page_size)}) {
                auto boot = good;
                *places(boot)[moved] = at;
                EXPECT_FALSE(accepted(boot)) << moved << " onto " << other;
            }
        }
    auto boot = good;
    boot.open = 24 * mib;
    boot.open_end = 26 * mib;
    EXPECT_FALSE(accepted(boot)) << "open memory over a file";
    boot.open = 26 * mib;
    boot.open_end = 28 * mib;
    EXPECT_TRUE(accepted(boot));
}

TEST(Boot, whose_ranges_reach_beyond_the_files_is_refused) {
    fake::World world;
    for (std::uint64_t const at :
         {std::uint64_t{4 * mib}, 31 * mib + 512 * 1024, 32 * mib, 40 * mib, 8 * mib + 1}) {
        auto boot = good_boot();
        boot.descriptors[0].place = at;
        boot.descriptors[0].size = mib;
        EXPECT_FALSE(accepted(boot)) << at;
        boot = good_boot();
        boot.program = at;
        EXPECT_FALSE(accepted(boot)) << at;
        boot = good_boot();
        boot.tree = at;
        EXPECT_FALSE(accepted(boot) && at != 31 * mib + 512 * 1024) << at;
    }
}

TEST(Boot, that_brings_an_environment_is_refused_where_the_program_is_held_to_its_digest) {
    fake::World world;
    auto boot = good_boot();
    boot.environment_count = 1;
    EXPECT_FALSE(accepted(boot));
    EXPECT_TRUE(check_places(boot, {})) << "a program that nothing vouches for";
    boot.environment_count = 0;
    boot.argument_count = 1;
    EXPECT_TRUE(accepted(boot));
}

TEST(Boot, that_puts_page_tables_where_the_host_sees_them_is_refused_where_memory_is_the_keeps) {
    auto boot = good_boot();
    boot.open = 26 * mib;
    boot.open_end = 28 * mib;
    {
        fake::World world;
        EXPECT_TRUE(accepted(boot));
    }
    fake::World own{{.first = 64 * mib, .limit = 64 * mib, .own = true}};
    EXPECT_FALSE(accepted(boot));
    EXPECT_TRUE(accepted(good_boot()));
}

TEST(Boot, has_no_say_in_a_counter_that_is_the_keeps_own) {
    fake::World world;
    auto const fetched = [](std::uint64_t khz, std::uint64_t tick) {
        auto boot = good_boot();
        boot.tsc_khz = khz;
        boot.tsc = tick;
        auto* const at = physical(hw::PhysAddr{launch::boot_address});
        ASAN_UNPOISON_MEMORY_REGION(at, sizeof boot);
        std::memcpy(at, &boot, sizeof boot);
        auto const out = fetch_boot();
        std::memset(at, 0, sizeof boot);
        ASAN_POISON_MEMORY_REGION(at, sizeof boot);
        return out;
    };
    fake::World::set_counter([] { return 77'000U; });
    EXPECT_EQ(fetched(3'000'000, 5)->tsc_khz, 3'000'000U);
    EXPECT_EQ(fetched(3'000'000, 5)->tsc, 5U);
    fake::World::set_own_tsc(1'996'000);
    EXPECT_EQ(fetched(3'000'000, 5)->tsc_khz, 1'996'000U);
    EXPECT_EQ(fetched(3'000'000, 5)->tsc, 77'000U);
    EXPECT_EQ(fetched(1, ~0ULL)->tsc_khz, 1'996'000U);
    // A processor that says nothing sensible is not believed either.
    fake::World::set_own_tsc(0);
    EXPECT_FALSE(fetched(3'000'000, 5));
    fake::World::set_own_tsc({});
}

TEST(Boot, whose_files_the_host_changes_later_shows_the_program_those_of_the_start) {
    for (bool const own : {true, false}) {
        fake::World world{{.first = 32 * mib, .limit = 128 * mib, .own = own}};
        auto boot = good_boot();
        boot.descriptors[0].size = 3 * mib; // more than a chunk
        auto* const at = physical(hw::PhysAddr{boot.descriptors[0].place});
        std::memset(at, 'a', boot.descriptors[0].size);
        ASSERT_TRUE(configure(world.kernel(), boot));
        std::memset(at, 'b', boot.descriptors[0].size);
        auto const file = world.kernel().files.find(3);
        ASSERT_TRUE(file);
        auto const* const seen = physical(hw::PhysAddr{file->place});
        auto const expected = std::byte{static_cast<unsigned char>(own ? 'a' : 'b')};
        EXPECT_EQ(seen[0], expected);
        EXPECT_EQ(seen[boot.descriptors[0].size - 1], expected);
        for (auto const place : {file->place, world.kernel().named[0].place})
            EXPECT_EQ(world.owns(hw::PhysAddr{place}), own);
    }
}

// Each argument begins behind the zero of the one before, in the program's own copy.
bool consistent(Kernel& kernel, std::uint64_t stack, std::uint64_t count) {
    auto text = kernel.user.load<std::uint64_t>(stack + 8).value();
    for (std::uint64_t i = 0; i < count; ++i) {
        if (kernel.user.load<std::uint64_t>(stack + 8 + i * 8).value() != text) return false;
        while (kernel.user.load<char>(text++).value() != 0) {
        }
    }
    return true;
}

TEST(Arguments, that_the_host_changes_while_they_are_read_are_one_text_or_a_refusal) {
    constexpr std::uint64_t count = 40;
    constexpr std::size_t length = 500;
    std::vector<std::byte> strings(count * length, std::byte{'a'});
    for (std::size_t i = 1; i <= count; ++i) strings[i * length - 1] = {};
    std::atomic<bool> done = false;
    std::thread host{[&] {
        // Safety: bytes that a host may change at any moment; each is written whole.
        auto volatile* const at = reinterpret_cast<unsigned char volatile*>(strings.data());
        // One more zero in each text, and none again, all the time.
        for (std::size_t i = 7; !done; i = (i + 7 * length) % strings.size()) at[i] = at[i] ^ 'a';
    }};
    unsigned made = 0;
    // On a busy machine the two threads seldom run at the same time: so long, and so often.
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    for (unsigned i = 0; i < 300 || std::chrono::steady_clock::now() < until; ++i) {
        fake::World world;
        StackContents const contents{.strings = strings, .arguments = count};
        auto const stack =
            make_stack(world.kernel(), program_space.begin + (64 * mib), contents, {});
        if (!stack) continue;
        ++made;
        EXPECT_TRUE(consistent(world.kernel(), *stack, count));
    }
    done = true;
    host.join();
    EXPECT_GT(made, 100U);
}

} // namespace
} // namespace shim
