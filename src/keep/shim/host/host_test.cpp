#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;

constexpr std::uint64_t read_number = 0;
constexpr std::uint64_t write_number = 1;
constexpr std::uint64_t openat_number = 257;

// What a program gets to see of a host that lies.
struct HostileHost : testing::Test {
    fake::World world;

    HostileHost() { world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7}); }

    void answer(std::int64_t value) {
        world.set_host([value](Call, Arguments const&, std::span<std::byte>) { return value; });
    }
};

TEST_F(HostileHost, that_claims_to_have_read_more_than_was_asked_is_a_protocol_error) {
    auto const at = world.room(4096);
    for (std::int64_t const lie : {101L, 4096L, 1L << 20, INT64_MAX}) {
        answer(lie);
        EXPECT_EQ(world.call(read_number, {5, at, 100}), fake::error(Errno::Proto)) << lie;
    }
}

TEST_F(HostileHost, that_answers_with_an_errno_out_of_range_is_a_protocol_error) {
    auto const at = world.room(4096);
    for (std::int64_t const lie : {-134L, -4095L, -1L << 40, INT64_MIN}) {
        answer(lie);
        EXPECT_EQ(world.call(read_number, {5, at, 100}), fake::error(Errno::Proto)) << lie;
    }
}

TEST_F(HostileHost, that_claims_to_have_written_more_than_it_was_given_is_a_protocol_error) {
    auto const at = world.room(4096);
    answer(4097);
    EXPECT_EQ(world.call(write_number, {5, at, 4096}), fake::error(Errno::Proto));
}

TEST_F(HostileHost, that_gives_the_same_handle_twice_is_a_protocol_error) {
    answer(7);
    auto const path = world.put("name");
    EXPECT_EQ(world.call(openat_number, {5, path, 0}), fake::error(Errno::Proto));
}

TEST_F(HostileHost, that_reads_the_block_later_finds_nothing_of_the_call_in_it) {
    std::string_view const secret = "what the program sends";
    world.set_host([](Call, Arguments const& a, std::span<std::byte>) {
        return static_cast<std::int64_t>(a[1] >> 32);
    });
    auto const at = world.put(secret);
    EXPECT_EQ(
        world.call(write_number, {5, at, secret.size()}), static_cast<std::int64_t>(secret.size())
    );
    EXPECT_TRUE(std::ranges::all_of(world.block().subspan(8), [](std::byte b) {
        return b == std::byte{0};
    }));
}

TEST_F(HostileHost, gets_no_byte_that_the_call_does_not_send) {
    // The whole of the program's and the shim's memory holds a mark; only 16 bytes are asked to be
    // written.
    std::vector<std::byte> const marked(1 << 20, std::byte{0xa5});
    auto const at = world.put(marked);
    std::size_t seen = 0;
    world.set_host([&](Call, Arguments const&, std::span<std::byte> data) {
        seen = static_cast<std::size_t>(std::ranges::count(data, std::byte{0xa5}));
        return 16;
    });
    EXPECT_EQ(world.call(write_number, {5, at, 16}), 16);
    EXPECT_EQ(seen, 16U);
}

TEST_F(HostileHost, that_injects_a_vector_ends_the_keep_or_is_told_as_a_fault) {
    for (std::uint64_t vector = 0; vector < 256; ++vector) {
        if (vector == protocol::launch::kick_vector) continue;
        fake::World fresh;
        Frame frame{};
        frame.vector = static_cast<Vector>(vector);
        frame.rip = frame.rsp = program_space.begin;
        frame.cs = user_code_selector;
        try {
            fresh.raise(frame);
            ADD_FAILURE() << "vector " << vector << " was taken for something";
        } catch (fake::Ended const& end) {
            EXPECT_TRUE(end.status == 125 || (end.signal >= 4 && end.signal <= 11)) << vector;
        }
    }
}

TEST_F(HostileHost, that_kicks_for_nothing_changes_nothing) {
    auto const at = world.room(4096);
    Frame frame{};
    frame.vector = Vector::Kick;
    frame.rip = frame.rsp = frame.rax = at;
    frame.cs = user_code_selector;
    auto const before = frame;
    for (int i = 0; i < 10; ++i) world.raise(frame);
    EXPECT_EQ(std::memcmp(&frame, &before, sizeof frame), 0);
    EXPECT_EQ(world.kicks(), 0U);
}

TEST_F(HostileHost, that_kicks_a_vcpu_inside_the_shim_ends_the_keep) {
    Frame frame{};
    frame.vector = Vector::Kick;
    frame.cs = 0x10;
    EXPECT_THROW(world.raise(frame), fake::Ended);
}

} // namespace
} // namespace shim
