#include "service/api/workers.hpp"

#include "os/thread.hpp"

namespace service {

Workers::~Workers() {
    {
        std::scoped_lock const lock{mutex_};
        over_ = true;
        tasks_.clear();
    }
    some_.notify_all();
    for (auto& thread : threads_) thread.join();
}

os::OrFailure<void> Workers::start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
        auto thread = os::start_thread([this] { work(); });
        if (!thread)
            return std::unexpected(
                os::Failure{.name = "internal", .text = "the system gives no thread"}
            );
        threads_.push_back(*std::move(thread));
    }
    return {};
}

bool Workers::offer(Task& task) {
    {
        std::scoped_lock const lock{mutex_};
        if (over_ || tasks_.size() >= most_) return false;
        tasks_.push_back(std::move(task));
    }
    some_.notify_one();
    return true;
}

std::size_t Workers::waiting() const {
    std::scoped_lock const lock{mutex_};
    return tasks_.size();
}

void Workers::work() {
    std::unique_lock lock{mutex_};
    while (true) {
        some_.wait(lock, [this] { return over_ || !tasks_.empty(); });
        if (over_) return;
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        task = {}; // before the lock: what it holds may answer when it goes
        lock.lock();
    }
}

} // namespace service
