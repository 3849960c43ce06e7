#include "service/release/rate.hpp"

#include <algorithm>
#include <cmath>

namespace service {

namespace {

constexpr std::size_t most_names = 65'536;
constexpr double seconds_per_minute = 60;

double since(Buckets::Clock::time_point then, Buckets::Clock::time_point now) {
    return std::chrono::duration<double>(now - then).count();
}

} // namespace

std::optional<std::chrono::seconds> Buckets::take(std::string_view name, Clock::time_point now) {
    auto const most = static_cast<double>(per_minute_);
    auto const rate = most / seconds_per_minute;
    std::scoped_lock const lock{mutex_};
    if (buckets_.size() >= most_names) forget_full(now);
    if (buckets_.size() >= most_names) buckets_.clear(); // rather too much for some than none
    auto& bucket = buckets_.try_emplace(std::string{name}, Bucket{most, now}).first->second;
    bucket.tokens = std::min(most, bucket.tokens + since(bucket.filled, now) * rate);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return {};
    }
    return std::chrono::seconds{static_cast<std::int64_t>(std::ceil((1 - bucket.tokens) / rate))};
}

void Buckets::forget_full(Clock::time_point now) {
    std::erase_if(buckets_, [now](auto const& each) {
        return since(each.second.filled, now) >= seconds_per_minute;
    });
}

} // namespace service
