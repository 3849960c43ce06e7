// A stream socket of which the host receives ahead, against a plain queue of bytes: whatever the
// program does, and whenever bytes come, it reads them once, in order, none left out.

#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace shim {
namespace {

namespace hostcall = protocol::hostcall;
using base::Errno;
using fake::error;
using hostcall::Extent;
using hostcall::Polled;
using Random = std::mt19937_64;

constexpr std::uint64_t peek = 2;
constexpr std::uint64_t dont_wait = 0x40;
constexpr std::int16_t readable = 1;

struct Stream {
    fake::World world;
    Random random;
    std::string in_host;                // what the socket still holds
    std::string expected;               // what the program has not read yet
    std::vector<std::uint64_t> numbers; // of the socket
    char next = 'a';
    std::uint64_t at = world.room(4096);
    std::uint32_t handle = 9;

    explicit Stream(unsigned seed) : random{seed} {
        world.kernel().host.set_patience(1'000'000);
        world.set_host([this](Call call, Arguments const& a, std::span<std::byte> data) {
            return answer(call, a, data);
        });
        open();
    }

    void open() {
        ++handle;
        in_host.clear();
        expected.clear();
        auto const number = world.call(41, {2, 1 | 0x800, 0});
        ASSERT_GE(number, 0);
        numbers = {static_cast<std::uint64_t>(number)};
    }

    void come() {
        for (auto n = random() % 40; n > 0; --n) {
            in_host += next;
            expected += next;
            next = next == 'z' ? 'a' : static_cast<char>(next + 1);
        }
    }

    std::int64_t answer(Call call, Arguments const& a, std::span<std::byte> data) {
        if (call == Call::Socket) return handle;
        if (call == Call::Poll) return poll(data);
        if (call == Call::Ioctl) {
            auto const size = static_cast<std::uint32_t>(in_host.size());
            std::memcpy(data.data() + Extent::decode(a[2])->offset(), &size, sizeof size);
        }
        bool const reads = call == Call::Read || call == Call::RecvFrom;
        if (!reads) return 0;
        if (in_host.empty()) return error(Errno::Again);
        auto const extent = *Extent::decode(a[1]);
        auto const n = std::min<std::size_t>(extent.size(), in_host.size());
        std::memcpy(data.data() + extent.offset(), in_host.data(), n);
        if (call != Call::RecvFrom || (a[2] & peek) == 0) in_host.erase(0, n);
        return static_cast<std::int64_t>(n);
    }

    std::int64_t poll(std::span<std::byte> data) {
        Polled entry{};
        std::memcpy(&entry, data.data(), sizeof entry);
        bool const wants = (entry.wanted_or_drained & hostcall::poll_ahead) != 0;
        entry = {.handle_or_ahead = 0, .wanted_or_drained = 0, .found = 0};
        if (!in_host.empty()) {
            entry.found = readable;
            auto const n = wants ? std::min<std::size_t>(1 + (random() % 30), in_host.size()) : 0;
            std::memcpy(world.batch().data() + hostcall::ahead_offset, in_host.data(), n);
            in_host.erase(0, n);
            entry.handle_or_ahead = static_cast<std::int32_t>(n);
            entry.wanted_or_drained = n != 0 && in_host.empty() ? 1 : 0;
        }
        std::memcpy(data.data(), &entry, sizeof entry);
        return entry.found != 0 ? 1 : 0;
    }

    std::uint64_t number() { return numbers.at(random() % numbers.size()); }

    void check(std::int64_t got, bool takes, char const* way) {
        // Nothing yet: true, or as if what is there had come a moment later.
        if (got == error(Errno::Again)) {
            EXPECT_EQ(in_host, expected) << way << " passes over what was received ahead";
            return;
        }
        ASSERT_GE(got, 0) << way;
        auto const bytes = world.get(at, static_cast<std::uint64_t>(got));
        std::string const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
        ASSERT_EQ(text, expected.substr(0, text.size())) << way;
        if (takes) expected.erase(0, text.size());
    }

    void step() {
        auto const size = 1 + (random() % 50);
        switch (random() % 10) {
        case 0:
        case 1:
            return come();
        case 2:
            return check(world.call(0, {number(), at, size}), true, "read");
        case 3: {
            std::array<std::uint64_t, 4> const vector{
                at, size / 2, at + (size / 2), size - (size / 2)
            };
            auto const entries = world.put(std::as_bytes(std::span{vector}));
            return check(world.call(19, {number(), entries, 2}), true, "readv");
        }
        case 4:
            return check(world.call(45, {number(), at, size, dont_wait, 0, 0}), true, "recv");
        case 5:
            return check(
                world.call(45, {number(), at, size, dont_wait | peek, 0, 0}), false, "peek"
            );
        case 6: {
            ASSERT_EQ(world.call(16, {number(), 0x541b, at}), 0);
            auto const ready = world.kernel().user.load<std::uint32_t>(at).value();
            EXPECT_LE(ready, expected.size());
            EXPECT_EQ(ready == 0, expected.empty());
            return;
        }
        case 7: {
            struct {
                std::int32_t descriptor;
                std::int16_t wanted, found;
            } entry{static_cast<std::int32_t>(number()), readable, 0};
            auto const set = world.put(std::as_bytes(std::span{&entry, 1}));
            ASSERT_GE(world.call(7, {set, 1, 0}), 0);
            EXPECT_EQ(
                world.kernel().user.load<std::int16_t>(set + 6).value() != 0, !expected.empty()
            );
            return;
        }
        case 8: {
            if (random() % 4 != 0 || numbers.size() > 3) return;
            auto const more = world.call(32, {number()});
            ASSERT_GE(more, 0);
            numbers.push_back(static_cast<std::uint64_t>(more));
            return;
        }
        default: {
            if (random() % 4 != 0) return;
            auto const closed =
                numbers.begin() + static_cast<std::ptrdiff_t>(random() % numbers.size());
            ASSERT_EQ(world.call(3, {*closed}), 0);
            numbers.erase(closed);
            if (numbers.empty()) open();
        }
        }
    }
};

TEST(StreamModel, reads_each_byte_once_and_in_order_whatever_it_calls) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
        Stream stream{seed};
        for (unsigned i = 0; i < 300 && !testing::Test::HasFailure(); ++i) stream.step();
        ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
}

} // namespace
} // namespace shim
