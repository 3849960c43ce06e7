#include "os/poll.hpp"

#include "os/check.hpp"

#include <ctime>

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

void yield() { ::sched_yield(); }

} // namespace os
