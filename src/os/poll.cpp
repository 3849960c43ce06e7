#include "os/poll.hpp"

#include "os/check.hpp"
#include "os/clock.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include <sched.h>

namespace os {

base::Result<std::size_t> poll(std::span<pollfd> set, std::optional<std::uint64_t> timeout_ns) {
    constexpr std::uint64_t second = 1'000'000'000;
    auto const left = timeout_ns.value_or(0);
    timespec const timeout{
        .tv_sec = static_cast<time_t>(left / second), .tv_nsec = static_cast<long>(left % second)
    };
    auto const ready =
        TRY(check(::ppoll(set.data(), set.size(), timeout_ns ? &timeout : nullptr, nullptr)));
    return static_cast<std::size_t>(ready);
}

// To fall asleep and to be woken costs more than to look for as long as a near peer needs to
// answer, most of all in a virtual machine.
base::Result<std::size_t> PatientPoll::look(std::span<pollfd> set) {
    constexpr unsigned often_in_vain = 4;
    constexpr unsigned now_and_then = 32;
    constexpr std::uint64_t dear_look_ns = 10'000;
    if (in_vain_ >= often_in_vain) {
        ++in_vain_;
        if (in_vain_ % now_and_then != 0) return 0;
    }

    auto const start = TRY(now_ns(Clock::Monotonic));
    auto cheapest = patience_ns;
    for (auto now = start; now - start < patience_ns;) {
        if (auto const ready = poll(set, 0); ready && *ready > 0) {
            in_vain_ = 0;
            return ready;
        }
        auto const asked = std::exchange(now, TRY(now_ns(Clock::Monotonic)));
        cheapest = std::min(cheapest, now - asked);
    }
    // Many descriptors; or a Keep, where each look is a way out and back, and the host looks, too.
    in_vain_ = cheapest > dear_look_ns ? often_in_vain : in_vain_ + 1;
    return 0;
}

base::Result<std::size_t>
PatientPoll::operator()(std::span<pollfd> set, std::optional<std::uint64_t> timeout_ns) {
    bool const long_enough = timeout_ns.value_or(patience_ns) >= patience_ns;
    if (!set.empty() && long_enough)
        if (auto const ready = TRY(look(set)); ready > 0) return ready;
    return poll(set, timeout_ns);
}

void yield() { ::sched_yield(); }

} // namespace os
