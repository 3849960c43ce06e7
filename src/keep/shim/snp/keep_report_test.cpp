// The call by which a program asks for what the hardware signs.

#include "base/view.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/snp/report.hpp"

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using fake::error;
using protocol::evidence::Purpose;

constexpr std::uint64_t number = protocol::evidence::report_call;

struct Asked {
    Purpose purpose{};
    std::vector<std::byte> bound;
};

struct ReportTest : ::testing::Test {
    fake::World world;
    Asked asked;
    unsigned times = 0;

    ReportTest() {
        fake::World::set_reports(
            [this](
                Purpose purpose, std::span<std::byte const> bound, std::span<std::byte> to
            ) -> base::Result<std::size_t> {
                ++times;
                asked = {purpose, {bound.begin(), bound.end()}};
                std::ranges::fill(to, std::byte{0x42});
                return snp::largest_report;
            }
        );
    }
};

TEST_F(ReportTest, the_purpose_and_what_is_bound_go_to_the_machine) {
    auto const at = world.put("what is bound");
    auto const to = world.room(2048);
    EXPECT_EQ(world.call(number, {1, at, 13, to, 2048}), 1184);
    EXPECT_EQ(asked.purpose, Purpose::Provision);
    EXPECT_EQ(base::text_of(asked.bound), "what is bound");
    auto const report = world.get(to, 1184);
    EXPECT_EQ(report, std::vector<std::byte>(1184, std::byte{0x42}));
}

TEST_F(ReportTest, there_are_three_purposes) {
    auto const at = world.put("what is bound");
    auto const to = world.room(2048);
    for (std::uint64_t const purpose : {3ULL, 255ULL, 256ULL, 1ULL << 32})
        EXPECT_EQ(world.call(number, {purpose, at, 13, to, 2048}), error(Errno::Inval));
    EXPECT_EQ(times, 0U);
}

TEST_F(ReportTest, no_more_is_bound_than_a_binding_can_have) {
    auto const at = world.room(4096);
    auto const to = world.room(2048);
    EXPECT_EQ(world.call(number, {1, at, 2048, to, 2048}), 1184);
    EXPECT_EQ(world.call(number, {1, at, 2049, to, 2048}), error(Errno::Inval));
    EXPECT_EQ(world.call(number, {1, at, ~0ULL, to, 2048}), error(Errno::Inval));
}

TEST_F(ReportTest, bad_addresses_and_too_little_room_are_errors) {
    auto const at = world.put("what is bound");
    auto const to = world.room(2048);
    EXPECT_EQ(world.call(number, {1, 8, 13, to, 2048}), error(Errno::Fault));
    EXPECT_EQ(world.call(number, {1, at, 13, 8, 2048}), error(Errno::Fault));
    EXPECT_EQ(world.call(number, {1, at, 13, to, 1183}), error(Errno::NoSpc));
}

TEST_F(ReportTest, there_is_no_such_call_where_no_hardware_vouches) {
    fake::World::set_reports(nullptr);
    auto const at = world.put("what is bound");
    EXPECT_EQ(world.call(number, {1, at, 13, at, 2048}), error(Errno::NoSys));
}

} // namespace
} // namespace shim
