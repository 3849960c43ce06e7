#include "host/vmm/late_sender.hpp"

#include "os/thread.hpp"

#include <chrono>

namespace host::vmm {

namespace {

constexpr std::chrono::milliseconds between_looks{1};
// A look costs a fifth of the exit that a send takes when nobody looks; and while many Keeps want
// the processors, those who look at nothing take them from those who compute.
constexpr unsigned most_in_vain = 8;

} // namespace

void LateSender::want() {
    if (awake_) return;
    std::scoped_lock const lock{mutex_};
    if (stopped_) return;
    if (!thread_.joinable()) {
        // Where the host allows no more threads, nothing is sent late.
        auto started = os::start_thread([this] { run(); });
        stopped_ = !started;
        if (stopped_) return;
        thread_ = *std::move(started);
    }
    awake_ = true;
    changed_.notify_all();
}

void LateSender::stop() {
    {
        std::scoped_lock const lock{mutex_};
        stopped_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void LateSender::look_while_useful(std::unique_lock<std::mutex>& lock) {
    for (unsigned in_vain = 0; in_vain < most_in_vain && !stopped_;) {
        changed_.wait_for(lock, between_looks, [this] { return stopped_; });
        lock.unlock();
        in_vain = look_() ? 0 : in_vain + 1;
        lock.lock();
    }
}

void LateSender::run() {
    std::unique_lock lock{mutex_};
    while (!stopped_) {
        changed_.wait(lock, [this] { return awake_ || stopped_; });
        announce_(true);
        look_while_useful(lock);
        announce_(false);
        awake_ = false;
        lock.unlock();
        look_(); // what was put down before the Keep could know
        lock.lock();
    }
}

} // namespace host::vmm
