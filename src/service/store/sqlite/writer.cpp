#include "service/store/sqlite/writer.hpp"

#include "os/thread.hpp"

#include <algorithm>

namespace service::sqlite {

base::Result<void> Writer::start() {
    thread_ = TRY(os::start_thread([this] { work(); }));
    return {};
}

Writer::~Writer() {
    {
        std::scoped_lock const lock{mutex_};
        ending_ = true;
    }
    arrived_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Writer::wait_for(Job& job) {
    std::unique_lock lock{mutex_};
    queue_.push_back(&job);
    arrived_.notify_one();
    answered_.wait(lock, [&job] { return job.done; });
}

std::vector<Writer::Job*> Writer::next_group(std::unique_lock<std::mutex>& lock) {
    arrived_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    arrived_.wait_until(lock, earliest_, [this] { return ending_; });
    auto const size = std::min(queue_.size(), largest_group);
    auto const end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
    std::vector<Job*> group{queue_.begin(), end};
    queue_.erase(queue_.begin(), end);
    return group;
}

void Writer::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        auto const group = next_group(lock);
        if (group.empty()) return; // ending, and nobody waits
        lock.unlock();
        earliest_ = Clock::now() + pause;
        auto const lost = commit_group(group);
        lock.lock();
        for (auto* const job : group) {
            job->lost = lost;
            job->done = true;
        }
        answered_.notify_all();
    }
}

std::optional<Refusal> Writer::commit_group(std::vector<Job*> const& group) {
    auto const outcome = attempt_all(group);
    if (outcome) return {};
    // SQLite may have rolled back by itself. If this fails, too, the next BEGIN does and says so.
    if (connection_.in_transaction()) (void)connection_.run("ROLLBACK").has_value();
    return outcome.error();
}

Answer<void> Writer::attempt_all(std::vector<Job*> const& group) {
    if (connection_.in_transaction()) TRY(connection_.run("ROLLBACK"));
    TRY(connection_.run("BEGIN IMMEDIATE"));
    for (auto* const job : group) TRY(attempt(*job));
    return connection_.run("COMMIT");
}

// A job that is refused half-way leaves nothing behind, and the others go on.
Answer<void> Writer::attempt(Job& job) {
    TRY(connection_.run("SAVEPOINT job"));
    auto refusal = job.attempt(connection_);
    if (refusal && refusal->why == Why::Unavailable) return std::unexpected(std::move(*refusal));
    if (refusal) TRY(connection_.run("ROLLBACK TO job"));
    return connection_.run("RELEASE job");
}

} // namespace service::sqlite
