// mmap of a file: whatever comes of it, nothing that was there is lost on the way.

#include "keep/shim/platform/fake/audit.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using protocol::hostcall::Extent;

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t mmap_number = 9;
constexpr std::uint64_t read_only = 1;
constexpr std::uint64_t private_fixed = 0x12;
constexpr auto read_write = Access::Read | Access::Write;

std::int64_t error(Errno e) { return -static_cast<std::int64_t>(e); }

struct MappedFile : testing::Test {
    fake::World world;
    AddressSpace& space = world.kernel().space;
    UserMemory& user = world.kernel().user;
    std::uint64_t readable = 0; // bytes of the file up to where reading it fails

    MappedFile() {
        world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7, .opened = 1});
        world.set_host([this](Call call, Arguments const& a, std::span<std::byte> data) {
            if (call == Call::Grow) return std::int64_t{0};
            if (call != Call::Pread || a[2] >= readable) return error(Errno::Io);
            auto const extent = Extent::decode(a[1]).value();
            auto const size = std::min<std::uint64_t>(extent.size(), readable - a[2]);
            std::memset(data.data() + extent.offset(), 'f', size);
            return static_cast<std::int64_t>(size);
        });
    }

    std::int64_t map(std::uint64_t at, std::uint64_t size) {
        return world.call(mmap_number, {at, size, read_only, private_fixed, 5, 0});
    }
    static char const* audit() {
        return fake::audit_pages(protocol::launch::files_address, fake::first_memory);
    }
};

TEST_F(MappedFile, that_cannot_be_read_takes_nothing_of_what_is_at_its_place_away) {
    for (std::uint64_t const size : {3 * page, std::uint64_t{6} << 20})
        for (std::uint64_t const known : {std::uint64_t{0}, size - page}) {
            auto const at = space.map(size, read_write).value();
            for (auto i = at; i < at + size; i += page) ASSERT_TRUE(user.store(i, 'x'));
            auto const regions = space.regions().count();
            auto const used = world.kernel().pool.used();
            readable = known;
            EXPECT_EQ(map(at, size), error(Errno::Io));
            for (auto i = at; i < at + size; i += page) {
                ASSERT_EQ(user.load<char>(i).value_or('-'), 'x') << (i - at) / page;
                ASSERT_TRUE(user.store(i, 'y')) << "with the rights that it had";
            }
            EXPECT_EQ(space.regions().count(), regions) << "and nothing stays elsewhere";
            EXPECT_EQ(world.kernel().pool.used(), used);
            EXPECT_EQ(audit(), nullptr);
        }
}

TEST_F(MappedFile, lies_in_the_place_of_what_was_there_with_its_own_rights) {
    auto const large = std::uint64_t{2} << 20;
    for (std::uint64_t const size : {3 * page, 3 * large})
        for (bool const small_pages : {false, true}) {
            auto const area = space.map(4 * large, read_write).value();
            auto const at = area + (size == 3 * page ? large - page : 0);
            for (auto i = area; i < area + 4 * large; i += page) ASSERT_TRUE(user.store(i, 'x'));
            if (small_pages) ASSERT_TRUE(space.protect({area, area + page}, Access::Read));
            readable = size;
            ASSERT_EQ(map(at, size), static_cast<std::int64_t>(at));
            for (auto i = at; i < at + size; i += page) {
                ASSERT_EQ(user.load<char>(i).value_or('-'), 'f') << (i - at) / page;
                ASSERT_EQ(user.store(i, 'y').error(), Errno::Fault);
            }
            if (at != area) EXPECT_EQ(user.load<char>(at - page).value(), 'x');
            EXPECT_EQ(user.load<char>(at + size).value(), 'x');
            EXPECT_EQ(audit(), nullptr);
            ASSERT_TRUE(space.unmap({area, area + 4 * large}));
            EXPECT_EQ(world.kernel().pool.used(), 0U);
        }
}

TEST_F(MappedFile, at_a_place_of_which_a_part_is_free_is_not_filled_in_that_part) {
    auto const at = space.map(2 * page, read_write).value();
    readable = page;
    EXPECT_EQ(map(at, 1000 * page), error(Errno::Io)); // its second read
    EXPECT_TRUE(space.vacant({at + 2 * page, at + 1000 * page}));
    readable = 1000 * page;
    EXPECT_EQ(map(at, 1000 * page), static_cast<std::int64_t>(at));
    EXPECT_EQ(user.load<char>(at + 999 * page).value(), 'f');
}

// Tables never go back: one that a large page takes the place of would be lost for good.
TEST_F(MappedFile, takes_no_table_away_however_often_it_comes_where_one_is) {
    auto const large = std::uint64_t{2} << 20;
    auto const at = space.map(large, read_write).value();
    readable = large;
    auto const rounds = [&] {
        for (int i = 0; i < 8; ++i) {
            ASSERT_TRUE(space.protect({at, at + page}, Access::None)); // needs small pages
            ASSERT_EQ(map(at, large), static_cast<std::int64_t>(at));
        }
    };
    auto const next_table = [&] { return world.kernel().pool.table().value().raw(); };
    rounds();
    auto const before = next_table();
    rounds();
    EXPECT_EQ(next_table(), before + page);
}

} // namespace
} // namespace shim
