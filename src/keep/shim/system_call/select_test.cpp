// select on a fake machine, with hosts that tell what nobody asked for.

#include "keep/shim/platform/fake/world.hpp"

#include <cstring>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using fake::error;
using protocol::hostcall::Polled;

constexpr std::uint64_t select_number = 23;
constexpr std::uint64_t set_bytes = 1024;
using Set = std::array<std::uint64_t, set_bytes / 8>;

struct SelectTest : testing::Test {
    fake::World world;
    std::vector<Polled> asked;
    std::vector<std::int16_t> found; // by entry, as the host tells
    std::array<std::uint64_t, 3> const at{
        world.room(set_bytes), world.room(set_bytes), world.room(set_bytes)
    };
    std::uint64_t const no_time = world.room(16);

    SelectTest() {
        for (std::uint32_t i = 0; i < 200; ++i)
            world.kernel().files.put(i, {.kind = File::Kind::Host, .handle = 1000 + i});
        world.kernel().files.put(200, {.kind = File::Kind::Memory});
        world.set_host([this](Call call, Arguments const& arguments, std::span<std::byte> block) {
            if (call != Call::Poll) return std::int64_t{0};
            asked.resize((arguments[0] >> 32) / sizeof(Polled));
            if (asked.empty()) return std::int64_t{0};
            std::memcpy(asked.data(), block.data(), asked.size() * sizeof(Polled));
            std::int64_t count = 0;
            for (std::size_t i = 0; i < asked.size() && i < found.size(); ++i) {
                Polled entry = asked[i];
                entry.found = found[i];
                entry.handle_or_ahead = 0;
                if (entry.found != 0) ++count;
                std::memcpy(block.data() + (i * sizeof entry), &entry, sizeof entry);
            }
            return count;
        });
    }

    void put(unsigned set, std::initializer_list<unsigned> numbers) {
        Set bits{};
        for (auto const number : numbers) bits[number / 64] |= 1ULL << number % 64;
        ASSERT_TRUE(world.kernel().user.store(at[set], bits));
    }
    std::vector<unsigned> get(unsigned set) {
        auto const bits = world.kernel().user.load<Set>(at[set]).value();
        std::vector<unsigned> numbers;
        for (unsigned i = 0; i < set_bytes * 8; ++i)
            if ((bits[i / 64] >> i % 64 & 1) != 0) numbers.push_back(i);
        return numbers;
    }
    std::int64_t select(std::uint64_t count) {
        return world.call(select_number, {count, at[0], at[1], at[2], no_time});
    }
};

using Numbers = std::vector<unsigned>;

TEST_F(SelectTest, each_descriptor_is_asked_once_and_told_in_the_sets_that_asked_for_it) {
    put(0, {3, 7, 11, 130}), put(1, {3, 7}), put(2, {5});
    found.resize(131);
    found[3] = 1 | 4, found[5] = 2, found[7] = 4, found[11] = 8, found[130] = 0x10;
    EXPECT_EQ(select(131), 6);
    EXPECT_EQ(get(0), (Numbers{3, 11, 130})) << "11 has an error, the peer of 130 has hung up";
    EXPECT_EQ(get(1), (Numbers{3, 7}));
    EXPECT_EQ(get(2), Numbers{5});
    ASSERT_EQ(asked.size(), 131U);
    for (int i = 0; i < 131; ++i) {
        bool const wanted = i == 3 || i == 5 || i == 7 || i == 11 || i == 130;
        EXPECT_EQ(asked[static_cast<unsigned>(i)].handle_or_ahead, wanted ? 1000 + i : -1) << i;
    }
}

TEST_F(SelectTest, what_nobody_asked_for_is_not_told_whatever_the_host_says) {
    put(0, {3}), put(1, {4}), put(2, {5});
    found.assign(6, static_cast<std::int16_t>(0xffff));
    found[3] = 4 | 2, found[4] = 1 | 2, found[5] = 1 | 4;
    EXPECT_EQ(select(6), 0);
    for (unsigned set = 0; set < 3; ++set) EXPECT_TRUE(get(set).empty()) << set;
}

TEST_F(SelectTest, bits_from_the_count_on_are_not_looked_at_and_words_behind_it_stay) {
    put(0, {3, 7, 63, 64, 5000}), put(1, {}), put(2, {});
    found.assign(64, 1);
    EXPECT_EQ(select(7), 1);
    EXPECT_EQ(get(0), (Numbers{3, 64, 5000}));
    EXPECT_EQ(asked.size(), 4U);
}

TEST_F(SelectTest, what_is_not_open_is_an_error_and_no_set_changes) {
    put(0, {3, 300}), put(1, {4}), put(2, {});
    found.assign(300, 1);
    EXPECT_EQ(select(301), error(Errno::BadF));
    EXPECT_EQ(get(0), (Numbers{3, 300}));
    EXPECT_EQ(get(1), Numbers{4});
    EXPECT_TRUE(asked.empty());
    EXPECT_EQ(select(~0U), error(Errno::Inval));
    constexpr auto most = static_cast<std::uint64_t>(INT64_MAX);
    std::array<std::uint64_t, 2> const no_sum{most, most};
    auto const time_at = world.put(std::as_bytes(std::span{no_sum}));
    EXPECT_EQ(world.call(select_number, {4, 0, 0, 0, time_at}), error(Errno::Inval));
    put(0, {3});
    EXPECT_EQ(select(0x7fff'ffff), 1) << "no descriptor is as high as that";
}

TEST_F(SelectTest, as_many_are_asked_as_a_program_may_have_open_and_by_poll_no_more) {
    constexpr std::uint64_t most = Descriptors::max_files;
    constexpr std::uint64_t poll_number = 7;
    world.kernel().files.put(most - 1, {.kind = File::Kind::Memory});
    put(0, {3, most - 1}), put(1, {}), put(2, {});
    EXPECT_EQ(select(most), 1);
    EXPECT_EQ(get(0), Numbers{most - 1});
    EXPECT_EQ(asked.size(), most);
    auto const entries = world.room((most + 1) * sizeof(Polled)); // all of descriptor 0
    found.assign(most, 8); // POLLERR, which nobody need ask for
    EXPECT_EQ(world.call(poll_number, {entries, most, 0}), static_cast<std::int64_t>(most));
    asked.clear();
    for (auto const count : {most + 1, std::uint64_t{0xffff'ffff}})
        EXPECT_EQ(world.call(poll_number, {entries, count, 0}), error(Errno::Inval));
    EXPECT_TRUE(asked.empty());
}

TEST_F(SelectTest, a_file_in_memory_and_bytes_received_ahead_are_there_at_once) {
    put(0, {3, 200}), put(1, {200}), put(2, {200});
    ASSERT_TRUE(world.kernel().batch.received(1003, 5));
    EXPECT_EQ(select(201), 3);
    EXPECT_EQ(get(0), (Numbers{3, 200}));
    EXPECT_EQ(get(1), Numbers{200});
    EXPECT_TRUE(get(2).empty());
}

// The host says that the time is over when the Keep's clock has not even moved by a tenth of it.
TEST_F(SelectTest, a_time_that_the_host_cuts_short_goes_on_by_the_keeps_clock) {
    constexpr std::uint64_t poll_number = 7;
    constexpr std::uint64_t ppoll_number = 271;
    constexpr std::uint64_t epoll_wait_number = 232;
    constexpr std::uint64_t ms = 50;
    constexpr std::uint64_t ms_ns = 1'000'000;
    auto& kernel = world.kernel();
    auto& user = kernel.user;
    std::array<std::uint64_t, 2> const time{0, ms * 1000};
    std::array<std::uint64_t, 2> const exact{0, ms * ms_ns};
    auto const time_at = world.put(std::as_bytes(std::span{time}));
    auto const exact_at = world.put(std::as_bytes(std::span{exact}));
    std::uint64_t waits = 0;
    std::uint64_t asked_ns = 0;
    world.set_host([&](Call call, Arguments const& arguments, std::span<std::byte>) {
        ++waits;
        asked_ns = arguments[call == Call::Poll ? 1 : 2];
        kernel.clock.monotonic_ns += 6 * ms_ns;
        return std::int64_t{0};
    });
    std::uint64_t const entry = 3 | 1ULL << 32;
    put(0, {3});
    std::vector<std::pair<std::uint64_t, Arguments>> const calls{
        {select_number, {4, at[0], 0, 0, time_at}},
        {270, {4, at[0], 0, 0, exact_at}},
        {poll_number, {at[1], 1, ms}},
        {ppoll_number, {at[1], 1, exact_at}},
        {epoll_wait_number, {5, at[2], 1, ms}},
    };
    for (auto const& [number, arguments] : calls) {
        ASSERT_TRUE(user.store(at[1], entry));
        ASSERT_TRUE(user.store(time_at, time));
        ASSERT_TRUE(user.store(exact_at, exact));
        waits = 0;
        EXPECT_EQ(world.call(number, arguments), 0) << number;
        EXPECT_EQ(waits, 9U) << number;
        EXPECT_LE(asked_ns, 2 * ms_ns) << "what is left, not all of it again";
    }
}

} // namespace
} // namespace shim
