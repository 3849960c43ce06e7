#include "host/vmm/poller.hpp"

#include <algorithm>

#include <sched.h>
#include <x86intrin.h>

namespace host::vmm {

namespace {

using namespace std::chrono_literals;

constexpr auto close_succession = 100us; // longer pauses are the Keep's own work: nothing to gain
constexpr unsigned traffic = 8;          // so many in close succession are worth a thread
constexpr unsigned most_traffic = 4096;
constexpr unsigned worth_it = 32; // calls served, for having been woken
constexpr auto idle_limit = 50us;
constexpr unsigned looks_per_time = 64; // between two looks at the clock

bool second_processor() {
    cpu_set_t set;
    return ::sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

} // namespace

Poller::Poller(std::function<bool()> look, std::function<void(bool)> announce)
    : look_{std::move(look)},
      announce_{std::move(announce)},
      useful_{second_processor()},
      needed_{traffic} {}

Poller::~Poller() {
    {
        std::scoped_lock const lock{mutex_};
        stopped_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Poller::note_doorbell(Clock::time_point answered, Clock::time_point rung) {
    if (rung - answered > close_succession) {
        streak_.store(0, std::memory_order_relaxed);
        return;
    }
    auto const streak = streak_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (streak < needed_ || awake_ || !useful_) return;
    streak_.store(0, std::memory_order_relaxed);
    std::scoped_lock const lock{mutex_};
    if (awake_ || stopped_) return;
    awake_ = true;
    changed_.notify_all();
    if (thread_.joinable()) return;
    thread_ = std::thread{[this] { run(); }};
    started_ = true;
}

unsigned Poller::look_while_busy() {
    unsigned count = 0;
    auto last = Clock::now();
    while (!stopped_) {
        auto const before = count;
        for (unsigned i = 0; i < looks_per_time; ++i)
            if (look_())
                ++count;
            else
                _mm_pause();
        auto const now = Clock::now();
        if (count != before)
            last = now;
        else if (now - last > idle_limit)
            break;
    }
    return count;
}

void Poller::run() {
    std::unique_lock lock{mutex_};
    while (!stopped_) {
        changed_.wait(lock, [this] { return awake_ || stopped_; });
        lock.unlock();
        announce_(true);
        bool const worthwhile = look_while_busy() >= worth_it;
        needed_ = worthwhile ? traffic : std::min(needed_ * 2, most_traffic);
        announce_(false);
        lock.lock();
        awake_ = false;
    }
}

} // namespace host::vmm
