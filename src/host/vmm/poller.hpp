#pragma once

// Looks for host calls without being rung for, while a Keep makes many of them: an exit for each
// would cost more than the call itself. Sleeps when there is no traffic.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace host::vmm {

class Poller {
public:
    using Clock = std::chrono::steady_clock;

    // `look` serves what it finds and says whether that was anything; `announce` tells the Keep
    // whether somebody looks. Both are called by the poller's own thread.
    Poller(std::function<bool()> look, std::function<void(bool)> announce);
    Poller(Poller&&) = delete;
    Poller& operator=(Poller&&) = delete;
    ~Poller();

    struct Doorbell {
        Clock::time_point answered; // the vCPU's call before
        Clock::time_point rung;
        bool avoidable; // no call that waits: a vCPU rings for those in any case
    };
    void note(Doorbell doorbell);

    std::thread::native_handle_type thread() { return thread_.native_handle(); }
    bool started() const { return started_; }

private:
    void run();
    bool look_while_useful(); // whether it was worth having been woken

    std::function<bool()> look_;
    std::function<void(bool)> announce_;
    std::atomic<bool> useful_;
    std::atomic<unsigned> streak_ = 0; // doorbells in close succession
    std::atomic<unsigned> needed_;     // so many wake the poller: more after it was woken in vain
    std::atomic<unsigned> missed_ = 0; // doorbells rung while awake, for being too slow
    std::atomic<bool> awake_ = false;
    std::atomic<bool> started_ = false;
    std::atomic<bool> stopped_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread thread_;
};

} // namespace host::vmm
