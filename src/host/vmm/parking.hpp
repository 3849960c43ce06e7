#pragma once

// Where a vCPU waits for another one, or for time to pass.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace host::vmm {

class Parking {
public:
    static constexpr std::uint64_t forever = ~0ULL;

    // Returns after an unpark() since the last park(), after `ns` nanoseconds, or after close().
    void park(std::uint64_t ns) {
        std::unique_lock lock{mutex_};
        auto const ready = [this] { return token_ || closed_; };
        if (ns > most_ns)
            changed_.wait(lock, ready);
        else
            changed_.wait_for(lock, std::chrono::nanoseconds{ns}, ready);
        token_ = false;
    }

    void unpark() {
        std::scoped_lock const lock{mutex_};
        token_ = true;
        changed_.notify_one();
    }

    void close() {
        std::scoped_lock const lock{mutex_};
        closed_ = true;
        changed_.notify_all();
    }

private:
    static constexpr std::uint64_t most_ns =
        1ULL << 60; // beyond: as good as forever, and the sum with now overflows

    std::mutex mutex_;
    std::condition_variable changed_;
    bool token_ = false;
    bool closed_ = false;
};

} // namespace host::vmm
