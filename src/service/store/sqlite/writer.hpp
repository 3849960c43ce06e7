#pragma once

// The one thread that writes. Callers queue; what waits becomes one transaction, at most one each 5
// ms, since what a transaction costs is the disk's sync, however much is in it (group commit).

#include "service/store/sqlite/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace service::sqlite {

class Writer {
public:
    explicit Writer(Connection connection) : connection_{std::move(connection)} {}
    Writer(Writer const&) = delete;
    Writer(Writer&&) = delete;
    Writer& operator=(Writer const&) = delete;
    Writer& operator=(Writer&&) = delete;
    ~Writer(); // after everything that waits

    base::Result<void> start();

    // Runs `change` in a transaction and answers when that is durable. What it answers as refused
    // has no effect; Unavailable means that its whole group has none.
    template <class T> Answer<T> commit(std::function<Answer<T>(Connection&)> const& change) {
        std::optional<Answer<T>> answer;
        Job job{.attempt = [&](Connection& connection) -> std::optional<Refusal> {
            answer = change(connection);
            if (*answer) return std::nullopt;
            return answer->error();
        }};
        wait_for(job);
        if (job.lost) return std::unexpected(std::move(*job.lost));
        return std::move(*answer);
    }

private:
    struct Job {
        std::function<std::optional<Refusal>(Connection&)> attempt;
        bool done = false;
        std::optional<Refusal> lost = {}; // why the group has come to nothing
    };
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds pause{5};
    static constexpr std::size_t largest_group = 1024;

    void wait_for(Job& job);
    void work();
    std::vector<Job*> next_group(std::unique_lock<std::mutex>& lock);
    std::optional<Refusal> commit_group(std::vector<Job*> const& group);
    Answer<void> attempt_all(std::vector<Job*> const& group);
    Answer<void> attempt(Job& job);

    Connection connection_; // the thread's
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::condition_variable answered_;
    std::deque<Job*> queue_; // jobs stand on the stacks of those who wait for them
    bool ending_ = false;
    Clock::time_point earliest_; // when the next transaction may begin; the thread's
    std::thread thread_;
};

} // namespace service::sqlite
