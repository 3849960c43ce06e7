#include "host/vmm/plan.hpp"

#include <gtest/gtest.h>

namespace host::vmm {
namespace {

constexpr std::uint64_t program_size = 1 << 20;

Wishes wishing(std::uint64_t memory_limit, MemoryKind kind) {
    Wishes wishes;
    wishes.memory = kind;
    wishes.memory_limit = memory_limit;
    return wishes;
}

TEST(Plan, of_more_memory_than_there_are_addresses_is_refused_however_much_more_it_is) {
    constexpr auto most = protocol::launch::address_limit;
    constexpr std::uint64_t all = ~std::uint64_t{0};
    for (auto const kind : {MemoryKind::Plain, MemoryKind::Sealed})
        for (auto const wish : {most, most + 1, all / 2, all - (1 << 30), all}) {
            auto const plan = Plan::make(program_size, wishing(wish, kind));
            ASSERT_FALSE(plan) << wish;
            EXPECT_EQ(plan.error().name, "keep-plan");
        }
}

TEST(Plan, bounds_memory_by_what_was_wished) {
    constexpr std::uint64_t wish = 1ULL << 30;
    auto const plan = Plan::make(program_size, wishing(wish, MemoryKind::Plain));
    ASSERT_TRUE(plan);
    auto const boot = plan->boot({});
    EXPECT_GE(boot.memory_limit - boot.memory, wish);
    EXPECT_LT(boot.memory_limit - boot.memory, wish + protocol::launch::chunk_size);
}

} // namespace
} // namespace host::vmm
