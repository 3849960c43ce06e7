#pragma once

// Token buckets: so many a minute for each of many names, in bounded memory.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace service {

class Buckets {
public:
    using Clock = std::chrono::steady_clock;

    explicit Buckets(std::uint64_t per_minute) : per_minute_{per_minute} {}

    // Nothing: go on. Otherwise in how many seconds to ask again.
    std::optional<std::chrono::seconds> take(std::string_view name, Clock::time_point now);

private:
    struct Bucket {
        double tokens;
        Clock::time_point filled;
    };

    void forget_full(Clock::time_point now);

    std::uint64_t per_minute_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

} // namespace service
