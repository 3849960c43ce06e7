#include "keep/shim/platform/fake/audit.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;

constexpr auto read_write = Access::Read | Access::Write;

struct AddressSpaceTest : testing::Test {
    fake::World world;
    AddressSpace& space = world.kernel().space;
    UserMemory& user = world.kernel().user;
};

TEST_F(AddressSpaceTest, fresh_memory_is_zero_and_holds_what_is_written) {
    auto const at = space.map(3 * 4096, read_write).value();
    EXPECT_EQ(user.load<std::uint64_t>(at + 4092).value(), 0U);
    ASSERT_TRUE(user.store(at + 4092, std::uint64_t{0x1122334455667788}));
    EXPECT_EQ(user.load<std::uint64_t>(at + 4092).value(), 0x1122334455667788U);
}

TEST_F(AddressSpaceTest, memory_that_comes_back_is_zero_again) {
    for (int round = 0; round < 3; ++round) {
        auto const at = space.map(64 * 4096, read_write).value();
        for (std::uint64_t i = 0; i < 64; ++i) {
            EXPECT_EQ(user.load<std::uint64_t>(at + i * 4096).value(), 0U);
            ASSERT_TRUE(user.store(at + i * 4096, ~0ULL));
        }
        ASSERT_TRUE(space.unmap({at, at + 64 * 4096}));
    }
    EXPECT_EQ(world.kernel().pool.used(), 0U);
}

TEST_F(AddressSpaceTest, a_reservation_costs_no_memory) {
    auto const before = world.kernel().pool.used();
    auto const at = space.map(256ULL << 30, Access::None).value();
    EXPECT_EQ(world.kernel().pool.used(), before);
    EXPECT_EQ(user.load<char>(at).error(), Errno::Fault);
    ASSERT_TRUE(space.protect({at + (1ULL << 30), at + (1ULL << 30) + 4096}, read_write));
    EXPECT_TRUE(user.store(at + (1ULL << 30), 'x'));
}

TEST_F(AddressSpaceTest, taking_access_away_and_giving_it_back_keeps_the_contents) {
    auto const at = space.map(4096, read_write).value();
    ASSERT_TRUE(user.store(at, 'a'));
    ASSERT_TRUE(space.protect({at, at + 4096}, Access::None));
    EXPECT_EQ(user.load<char>(at).error(), Errno::Fault);
    ASSERT_TRUE(space.protect({at, at + 4096}, Access::Read));
    EXPECT_EQ(user.load<char>(at).value(), 'a');
    EXPECT_EQ(user.store(at, 'b').error(), Errno::Fault);
}

TEST_F(AddressSpaceTest, part_of_a_large_page_can_go) {
    auto const at = space.map(4 << 20, read_write).value();
    ASSERT_TRUE(user.store(at + 4096, 'k'));
    ASSERT_TRUE(space.unmap({at, at + 4096}));
    EXPECT_EQ(user.load<char>(at).error(), Errno::Fault);
    EXPECT_EQ(user.load<char>(at + 4096).value(), 'k');
}

TEST_F(AddressSpaceTest, a_mapping_that_moves_takes_its_contents_along) {
    auto const size = std::uint64_t{6} << 20;
    auto const at = space.map(size, read_write).value();
    for (std::uint64_t i = 0; i < size; i += 4096) ASSERT_TRUE(user.store(at + i, i));
    ASSERT_TRUE(space.map_at({at + size, at + size + 4096}, read_write)); // in the way
    auto const moved = space.resize({at, at + size}, 2 * size, true).value();
    EXPECT_NE(moved, at);
    for (std::uint64_t i = 0; i < size; i += 4096)
        EXPECT_EQ(user.load<std::uint64_t>(moved + i).value(), i);
    EXPECT_EQ(user.load<std::uint64_t>(moved + size).value(), 0U);
    EXPECT_EQ(user.load<char>(at).error(), Errno::Fault);
}

TEST_F(AddressSpaceTest, discarded_memory_reads_as_zero) {
    auto const at = space.map(8192, read_write).value();
    ASSERT_TRUE(user.store(at, 'x'));
    ASSERT_TRUE(space.discard({at, at + 4096}));
    EXPECT_EQ(user.load<char>(at).value(), '\0');
}

TEST_F(AddressSpaceTest, memory_beyond_the_limit_is_refused_and_the_rest_stays_usable) {
    world.set_host([](Call call, Arguments const&, std::span<std::byte>) -> std::int64_t {
        return call == Call::Grow ? -12 : -38;
    });
    auto const at = space.map(512 << 20, read_write).value();
    base::Result<void> touched{};
    for (std::uint64_t i = 0; touched && i < 512ULL << 20; i += 2 << 20)
        touched = user.store(at + i, 'x');
    EXPECT_EQ(touched.error(), Errno::NoMem);
    ASSERT_TRUE(space.unmap({at, at + (512ULL << 20)}));
    EXPECT_TRUE(user.store(space.map(4096, read_write).value(), 'y'));
}

TEST_F(AddressSpaceTest, a_host_that_claims_to_have_grown_too_far_is_not_believed) {
    world.set_host([](Call call, Arguments const& a, std::span<std::byte>) -> std::int64_t {
        return call == Call::Grow ? static_cast<std::int64_t>(a[0] + 1) : 0;
    });
    auto const at = space.map(512 << 20, read_write).value();
    base::Result<void> touched{};
    for (std::uint64_t i = 0; touched && i < 512ULL << 20; i += 2 << 20)
        touched = user.store(at + i, 'x');
    EXPECT_EQ(touched.error(), Errno::Proto);
}

TEST_F(AddressSpaceTest, what_cannot_be_done_whole_is_not_begun) {
    world.set_host([](Call, Arguments const&, std::span<std::byte>) { return -12; });
    auto const at = space.map(4 << 20, read_write).value();
    ASSERT_TRUE(user.store(at, 'x') && user.store(at + (2 << 20), 'y'));
    ASSERT_TRUE(space.protect({at, at + 4096}, Access::Read)); // small pages in the first half
    while (world.kernel().pool.table()) {
    } // none left to split a large page with
    auto const regions = space.regions().count();
    auto const fails = [&](auto const& result) {
        EXPECT_EQ(result.error(), Errno::NoMem);
        EXPECT_EQ(space.regions().count(), regions);
    };
    Range const part{at + 4096, at + (2 << 20) + 4096};
    fails(space.unmap(part));
    fails(space.protect(part, Access::Read));
    fails(space.resize(part, 8 << 20, true));
    fails(space.discard({at, at + (2 << 20) + 4096}));
    EXPECT_EQ(user.load<char>(at).value(), 'x') << "nothing of it is gone";
    EXPECT_TRUE(user.store(at + 8192, 'a')) << "the region and its pages agree";
    EXPECT_EQ(user.load<char>(at + (2 << 20)).value(), 'y');
    EXPECT_EQ(fake::audit_pages(protocol::launch::files_address, fake::first_memory), nullptr);
}

TEST_F(AddressSpaceTest, what_cannot_be_moved_stays_and_so_does_what_is_at_its_new_place) {
    world.set_host([](Call, Arguments const&, std::span<std::byte>) { return -12; });
    auto const at = space.map(64 << 20, Access::None).value();
    Range const place{at, at + (64 << 20)};
    auto const from = space.map_beside({at, at + 8192}, read_write).value();
    ASSERT_TRUE(user.store(from.begin, 'x') && user.store(from.begin + 4096, 'y'));
    while (world.kernel().pool.table()) {
    } // none left for the new place
    auto const regions = space.regions().count();
    auto const target = at + (32 << 20);
    auto const moved = space.move({from.begin, from.begin + 4096}, {target, target + 4096});
    EXPECT_EQ(moved.error(), Errno::NoMem);
    EXPECT_EQ(space.regions().count(), regions);
    EXPECT_TRUE(space.regions().covers(place));
    EXPECT_EQ(user.load<char>(from.begin).value(), 'x');
    EXPECT_EQ(user.load<char>(from.begin + 4096).value(), 'y');
    EXPECT_EQ(fake::audit_pages(protocol::launch::files_address, fake::first_memory), nullptr);
}

TEST_F(AddressSpaceTest, a_reservation_has_no_hole_where_memory_for_a_part_of_it_is_missing) {
    world.set_host([](Call, Arguments const&, std::span<std::byte>) { return -12; });
    auto const at = space.map(64 * 4096, Access::None).value();
    ASSERT_TRUE(space.map_at({at, at + 4096}, read_write)); // with the tables that it needs
    while (world.kernel().pool.page()) {
    }
    static_cast<void>(space.map_at({at + 4096, at + 3 * 4096}, read_write));
    EXPECT_TRUE(space.regions().covers({at, at + 64 * 4096}));
    EXPECT_EQ(space.map(8 * 4096, read_write).error(), Errno::NoMem) << "and what is new is told";
}

TEST_F(AddressSpaceTest, the_heap_grows_and_shrinks) {
    auto const begin = space.set_break(0);
    EXPECT_EQ(space.set_break(begin + 10000), begin + 10000);
    ASSERT_TRUE(user.store(begin + 9999, 'h'));
    EXPECT_EQ(space.set_break(begin + 100), begin + 100);
    EXPECT_EQ(user.load<char>(begin + 9999).error(), Errno::Fault);
    EXPECT_EQ(space.set_break(1), begin + 100);
}

} // namespace
} // namespace shim
