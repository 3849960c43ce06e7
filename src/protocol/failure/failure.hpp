#pragma once

// Every failure that the command or exec reports has a stable name, an exit status and a page in
// `enarx explain`. failures.inc lists them.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace protocol {

// The exit statuses of `enarx run`, beside the application's own 0-255.
enum class ExitStatus : std::uint8_t {
    TimedOut = 124,
    Failed = 125,
    CannotRun = 126,
    NotFound = 127,
    Trap = 134,
    OutOfMemory = 137
};

struct FailureKind {
    std::string_view name;
    ExitStatus status;
    std::string_view summary; // one sentence: what happened
    std::string_view advice;  // what to do
};

// All of failures.inc, in alphabetical order of names.
consteval auto failures_by_name() {
    using enum ExitStatus;
    auto kinds = std::to_array<FailureKind>({
#include "protocol/failure/failures.inc"
    });
    std::ranges::sort(kinds, {}, &FailureKind::name);
    return kinds;
}
inline constexpr auto failure_kinds = failures_by_name();

constexpr FailureKind const* find_failure(std::string_view name) {
    for (auto const& kind : failure_kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

} // namespace protocol
