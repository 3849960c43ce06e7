#pragma once

// Looks from time to time for late sends that a Keep has put down (protocol/hostcall/batch.hpp),
// while it makes some: so they do not wait for the next host call of a program that computes.
// Sleeps when there are none.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace host::vmm {

class LateSender {
public:
    // `look` sends what it finds and says whether that was anything; `announce` tells the Keep
    // whether somebody looks. Both are called by this object's own thread, until stop().
    LateSender(std::function<bool()> look, std::function<void(bool)> announce)
        : look_{std::move(look)}, announce_{std::move(announce)} {}
    LateSender(LateSender&&) = delete;
    LateSender& operator=(LateSender&&) = delete;
    ~LateSender() { stop(); }

    // The Keep may begin with late sends.
    void want();
    void stop();

private:
    void run();
    void look_while_useful(std::unique_lock<std::mutex>& lock);

    std::function<bool()> look_;
    std::function<void(bool)> announce_;
    std::atomic<bool> awake_ = false;
    bool stopped_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread thread_;
};

} // namespace host::vmm
