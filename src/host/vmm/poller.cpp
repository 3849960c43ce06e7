#include "host/vmm/poller.hpp"

#include "os/thread.hpp"

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
constexpr unsigned most_missed = 16;
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

void Poller::note(Doorbell doorbell) {
    if (awake_) {
        if (doorbell.avoidable) missed_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (doorbell.rung - doorbell.answered > close_succession) {
        streak_.store(0, std::memory_order_relaxed);
        return;
    }
    auto const streak = streak_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (streak < needed_ || !useful_) return;
    streak_.store(0, std::memory_order_relaxed);
    std::scoped_lock const lock{mutex_};
    if (awake_ || stopped_) return;
    missed_ = 0;
    awake_ = true;
    changed_.notify_all();
    if (thread_.joinable()) return;
    // Where the host allows no more threads, the Keep rings for each call.
    auto started = os::start_thread([this] { run(); });
    if (!started) {
        awake_ = useful_ = false;
        return;
    }
    thread_ = *std::move(started);
    started_ = true;
}

bool Poller::look_while_useful() {
    unsigned served = 0;
    auto last = Clock::now();
    // Where this thread does not get the processor, or calls take long, the Keep waits for it in
    // vain and rings all the same: that costs more than ringing at once.
    auto const too_slow = [&] { return missed_ > served / 2 + most_missed; };
    while (!stopped_ && !too_slow()) {
        auto const before = served;
        for (unsigned i = 0; i < looks_per_time; ++i)
            if (look_())
                ++served;
            else
                ::sched_yield();
        auto const now = Clock::now();
        if (served != before)
            last = now;
        else if (now - last > idle_limit)
            break;
    }
    return served >= worth_it && !too_slow();
}

void Poller::run() {
    std::unique_lock lock{mutex_};
    while (!stopped_) {
        changed_.wait(lock, [this] { return awake_ || stopped_; });
        lock.unlock();
        announce_(true);
        needed_ = look_while_useful() ? traffic : std::min(needed_ * 2, most_traffic);
        announce_(false);
        lock.lock();
        awake_ = false;
    }
}

} // namespace host::vmm
