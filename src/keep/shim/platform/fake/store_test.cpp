#include "keep/shim/platform/fake/store.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <gtest/gtest.h>

namespace shim::fake {
namespace {

// All that a run can see: answers, host calls, and the whole of memory at its end.
struct Trace {
    std::vector<std::uint64_t> words;
    std::vector<std::byte> memory;

    bool operator==(Trace const&) const = default;
};

// Calls with arguments from a simple generator, and a host that answers in the same way.
Trace run(std::uint64_t seed) {
    World world{small_memory};
    Trace trace;
    auto const next = [&seed] {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return seed >> 33;
    };
    for (std::uint32_t i = 0; i < 3; ++i)
        world.kernel().files.put(i, {.kind = File::Kind::Host, .handle = i});
    world.set_host([&](Call call, Arguments const& arguments, std::span<std::byte> block) {
        if (call == Call::Park) throw Ended{};
        trace.words.push_back(static_cast<std::uint64_t>(call));
        trace.words.insert(trace.words.end(), arguments.begin(), arguments.end());
        block[next() % block.size()] = static_cast<std::byte>(next());
        return static_cast<std::int64_t>(next() % 40) - 4;
    });
    auto const room = world.room(64 << 10);
    try {
        for (int i = 0; i < 400; ++i) {
            Arguments arguments{};
            for (auto& word : arguments) {
                std::uint64_t const choices[]{next() % 8, next() % 8192, room + next() % 65536, 0};
                word = choices[next() % 4];
            }
            // mmap of many sizes, dup2 to far numbers, and any other call
            auto const kind = next() % 4;
            if (kind == 0) arguments = {0, (next() % 5000) << 10, 3, 0x22, ~0ULL, 0};
            auto const number = kind == 0 ? 9 : kind == 1 ? 33 : next() % 450;
            trace.words.push_back(static_cast<std::uint64_t>(world.call(number, arguments)));
            trace.words.push_back(world.kernel().pool.used());
            trace.words.push_back(world.kernel().space.regions().count());
        }
    } catch (Ended const& end) {
        trace.words.push_back(end.status);
    }
    auto const* const memory = Machine::memory();
    trace.memory.assign(memory + protocol::launch::table_address, memory + small_memory.limit);
    return trace;
}

TEST(Store, gives_every_world_the_same_start_whatever_ran_before_it) {
    constexpr std::uint64_t seeds = 12;
    std::vector<Trace> first;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) first.push_back(run(seed));
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        EXPECT_TRUE(run(seed) == first[seed]) << seed;
        EXPECT_TRUE(run(seed) == first[seed]) << seed << " at once again";
        EXPECT_GT(first[seed].words.size(), 20U);
    }
}

TEST(Store, is_all_zero_once_cleared) {
    Store store;
    store.clear({});
    auto const places = {
        protocol::launch::block_address + 5,
        protocol::launch::table_address + (1 << 20),
        protocol::launch::files_address + (3 << 20),
        Store::memory_size - 1,
    };
    for (auto const at : places) store.memory()[at] = std::byte{1};
    store.tables().files.back().handle = 1;
    store.tables().threads.back().id = 1;
    store.tables().nodes.back() = hw::PhysAddr{1};
    for (std::size_t i = 0; i < 100; ++i) store.tables().regions[i].range = {i, i + 1};
    store.clear({});
    for (auto const at : places) EXPECT_EQ(store.memory()[at], std::byte{}) << at;
    EXPECT_TRUE(store.tables_clear());
}

} // namespace
} // namespace shim::fake
