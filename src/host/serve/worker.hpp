#pragma once

// One thread for what the disk makes us wait for.

#include "base/result.hpp"
#include "os/thread.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace host::serve {

class Worker {
public:
    static base::Result<std::unique_ptr<Worker>> start() {
        std::unique_ptr<Worker> made{new Worker};
        made->thread_ = TRY(os::start_thread([worker = made.get()] { worker->run(); }));
        return made;
    }
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;
    // Does first what it was given.
    ~Worker() {
        give(nullptr);
        if (thread_.joinable()) thread_.join();
    }

    void give(std::function<void()> task) {
        std::scoped_lock const lock{mutex_};
        tasks_.push_back(std::move(task));
        changed_.notify_one();
    }

private:
    Worker() = default;

    void run() {
        while (true) {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return !tasks_.empty(); });
            auto const task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            if (!task) return;
            task();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    std::thread thread_;
};

} // namespace host::serve
