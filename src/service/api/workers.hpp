#pragma once

// Threads that decide while the server's one thread goes on; no more waits for them than they can
// do soon.

#include "os/failure.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace service {

class Workers {
public:
    using Task = std::move_only_function<void()>;

    explicit Workers(std::size_t most_waiting) : most_{most_waiting} {}
    ~Workers(); // what waits is dropped, what is being done is done
    Workers(Workers const&) = delete;
    Workers& operator=(Workers const&) = delete;

    os::OrFailure<void> start(std::size_t threads);
    // False: too many wait already, and the task was not taken.
    bool offer(Task& task);
    std::size_t waiting() const;

private:
    void work();

    std::size_t most_;
    mutable std::mutex mutex_;
    std::condition_variable some_;
    std::deque<Task> tasks_;
    bool over_ = false;
    std::vector<std::thread> threads_;
};

} // namespace service
