// Time of a Keep whose host sets the counters of its vCPUs as it likes, and says what it likes of
// them at the start: by system call and by the vDSO's own code, no clock ever falls.

#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/start/start.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/time.h>
#include <time.h>

// Names of Linux's: vdso(7).
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __vdso_clock_gettime(int clock, timespec* out);
int __vdso_gettimeofday(timeval* out, void* zone);
long __vdso_time(long* out);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
}

namespace {

// What the vDSO has below it.
clock_page const* vdso_clock = nullptr;
clock_word* vdso_mark = nullptr;
thread_local std::uint64_t counter = 0; // of the vCPU that reads
shim::fake::World* vdso_world = nullptr;
std::uint64_t vdso_room = 0; // of that world, for answers

} // namespace

extern "C" {
clock_page const* clock_at() { return vdso_clock; }
clock_word* mark_at() { return vdso_mark; }
clock_word read_counter() { return counter; }
long system_call(long number, long first, void* second) {
    auto& world = *vdso_world;
    auto const answer = world.call(
        static_cast<std::uint64_t>(number), {static_cast<std::uint64_t>(first), vdso_room}
    );
    std::ranges::copy(world.get(vdso_room, 16), static_cast<std::byte*>(second));
    return answer;
}
}

namespace shim {
namespace {

using Random = std::mt19937_64;

constexpr std::uint64_t clock_gettime_number = 228;
constexpr std::uint64_t gettimeofday_number = 96;
constexpr std::uint64_t time_number = 201;

struct Calibration {
    std::uint64_t tick, now, monotonic_ns, realtime_ns, tsc_khz;
};
constexpr std::uint64_t latest_ns = ((1ULL << 32) * second_ns) - 1;
constexpr std::array calibrations{
    Calibration{1'000'000, 2'000'000, second_ns, 1'700'000'000 * second_ns, 2'000'000},
    Calibration{0, 0, 0, 0, 100'000},
    Calibration{1ULL << 63, 1000, 0, latest_ns, 100'000'000}, // ahead of the counter
    Calibration{0, ~0ULL, latest_ns, latest_ns, 100'000},
    Calibration{~0ULL - 5, ~0ULL, latest_ns, 0, 3'000'001},
};

struct KeepTime : testing::Test {
    fake::World world;
    clock_word mark = 0;
    std::uint64_t at = world.room(16);

    KeepTime() {
        fake::World::set_counter([] { return counter; });
        vdso_world = &world;
        vdso_room = at;
        begin(calibrations[0]);
    }

    void begin(Calibration const& c) {
        auto& clock = world.kernel().clock;
        clock = Clock::starting(c.tick, c.now, c.monotonic_ns, c.realtime_ns, c.tsc_khz);
        mark = 0;
        clock.share(&mark);
        vdso_clock = &clock;
        vdso_mark = &mark;
        counter = c.now;
    }

    static std::uint64_t ns(timespec const& time) {
        return (static_cast<std::uint64_t>(time.tv_sec) * second_ns) +
               static_cast<std::uint64_t>(time.tv_nsec);
    }

    std::array<std::uint64_t, 2> words() {
        std::array<std::uint64_t, 2> both{};
        std::memcpy(both.data(), world.get(at, 16).data(), sizeof both);
        return both;
    }

    std::uint64_t by_call(int clock) {
        EXPECT_EQ(world.call(clock_gettime_number, {static_cast<std::uint64_t>(clock), at}), 0);
        auto const [seconds, rest] = words();
        return (seconds * second_ns) + rest;
    }
    static std::uint64_t by_vdso(int clock) {
        timespec time{};
        EXPECT_EQ(__vdso_clock_gettime(clock, &time), 0);
        return ns(time);
    }
};

// Of one family of clocks: the latest time that was told.
class Told {
public:
    // A time of that resolution.
    void told(std::uint64_t ns, std::uint64_t resolution, char const* way) {
        EXPECT_GE(ns, latest_ / resolution * resolution) << way;
        latest_ = std::max(latest_, ns);
    }

private:
    std::uint64_t latest_ = 0;
};

// One step of a counter in the hands of somebody who wants time to fall.
std::uint64_t turned(std::uint64_t counter, Clock const& clock, Random& random) {
    switch (random() % 9) {
    case 0:
        return random();
    case 1:
        return clock.tick - (random() % 3000);
    case 2:
        return clock.last_tick - (random() % 3000);
    case 3:
        return 0;
    case 4:
        return counter - (random() % 1'000'000'000);
    case 5:
        return counter - (random() % 1000);
    case 6:
        return counter + (random() % 1'000'000'000'000);
    default:
        return counter + (random() % 100'000);
    }
}

TEST_F(KeepTime, never_falls_on_any_clock_by_any_way_whatever_the_counters_show) {
    constexpr std::uint64_t real = 0b10'0001;
    constexpr std::uint64_t cpu = 0b1100;
    Random random{1};
    for (unsigned run = 0; run < 400; ++run) {
        begin(calibrations.at(run % calibrations.size()));
        std::array<std::uint64_t, 4> counters{};
        counters.fill(counter);
        // The larger part of the runs stays near the present, where a little less is a fall.
        bool const near = run % 4 != 0;
        std::array<Told, 3> families; // since the start, real, CPU
        for (unsigned step = 0; step < 200; ++step) {
            auto& own = counters.at(random() % counters.size());
            own = near ? own + (random() % 20'000) - (random() % 18'000)
                       : turned(own, world.kernel().clock, random);
            counter = own;
            auto const clock = static_cast<int>(random() % 8);
            auto& family = families.at(real >> clock & 1 ? 1 : cpu >> clock & 1 ? 2 : 0);
            switch (random() % 8) {
            case 0: {
                ASSERT_EQ(world.call(gettimeofday_number, {at, 0}), 0);
                auto const [seconds, microseconds] = words();
                families[1].told(
                    (seconds * second_ns) + (microseconds * 1000), 1000, "gettimeofday"
                );
                break;
            }
            case 1:
                families[1].told(
                    static_cast<std::uint64_t>(world.call(time_number, {0})) * second_ns,
                    second_ns,
                    "time"
                );
                break;
            case 2: {
                timeval time{};
                ASSERT_EQ(__vdso_gettimeofday(&time, nullptr), 0);
                families[1].told(
                    ns({.tv_sec = time.tv_sec, .tv_nsec = time.tv_usec * 1000}),
                    1000,
                    "vDSO, gettimeofday"
                );
                break;
            }
            case 3:
                families[1].told(
                    static_cast<std::uint64_t>(__vdso_time(nullptr)) * second_ns,
                    second_ns,
                    "vDSO, time"
                );
                break;
            case 4:
            case 5:
                family.told(by_call(clock), 1, "system call");
                break;
            default:
                family.told(by_vdso(clock), 1, "vDSO");
            }
            if (HasFailure()) return;
        }
    }
}

TEST_F(KeepTime, stands_still_while_the_counter_is_behind_and_then_goes_on_from_there) {
    counter = 10'000'000;
    auto const before = by_vdso(1);
    counter = 9'000'000;
    EXPECT_EQ(by_vdso(1), before);
    EXPECT_EQ(by_call(1), before);
    counter = 10'000'200;
    EXPECT_EQ(by_call(1), before + 100); // 2 GHz
    EXPECT_EQ(by_vdso(1), before + 100);
}

TEST_F(KeepTime, that_one_way_has_told_no_other_way_falls_below) {
    counter = 20'000'000;
    auto const by_one = by_call(1);
    counter = 19'000'000;
    EXPECT_EQ(by_vdso(1), by_one);
    counter = 30'000'000;
    auto const by_other = by_vdso(1);
    counter = 5;
    EXPECT_EQ(by_call(1), by_other);
}

TEST_F(KeepTime, of_two_vcpus_that_read_at_once_never_falls_between_them) {
    std::atomic<std::uint64_t> latest = 0;
    std::atomic<unsigned> falls = 0;
    auto const read = [&](unsigned seed) {
        Random random{seed};
        std::uint64_t own = 2'000'000;
        // So long that the two surely run at the same time, on a busy machine, too.
        auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        for (unsigned i = 0; i % 1000 != 0 || std::chrono::steady_clock::now() < until; ++i) {
            own = own + (random() % 2000) - (random() % 1900);
            counter = own;
            auto const before = latest.load();
            auto const time = by_vdso(1);
            if (time < before) ++falls;
            auto seen = latest.load();
            while (time > seen && !latest.compare_exchange_weak(seen, time)) {
            }
        }
    };
    std::thread other{[&] { read(1); }};
    read(2);
    other.join();
    EXPECT_EQ(falls, 0U);
}

TEST_F(KeepTime, survives_a_program_that_wipes_the_vdsos_mark) {
    counter = 50'000'000;
    auto const before = by_call(1);
    mark = 0;
    counter = 3'000'000;
    EXPECT_EQ(by_call(1), before);
}

TEST_F(KeepTime, begins_now_if_the_host_names_a_start_that_the_counter_has_not_reached) {
    counter = 1'000'000;
    protocol::launch::Boot boot{};
    boot.tsc_khz = 2'000'000;
    boot.tsc = counter + 4'000'000'000; // two seconds ahead
    boot.monotonic_ns = 7 * second_ns;
    boot.realtime_ns = 8 * second_ns;
    boot.max_cpus = boot.cpus = 1;
    static_cast<void>(configure(world.kernel(), boot)); // which has no memory to give
    EXPECT_EQ(by_call(1), 7 * second_ns);
    counter += 2000;
    EXPECT_EQ(by_call(1), (7 * second_ns) + 1000);
}

} // namespace
} // namespace shim
