#include "keep/exec/wasi/poll_wait.hpp"

#include "keep/exec/wasi/convert.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace exec::wasi {

namespace {

// Somebody may set the realtime clock during a sleep: it is looked at that often.
constexpr std::uint64_t realtime_slice_ns = 1'000'000'000;

Event event_of(Wanted const& wanted, Found const& found) {
    return {
        .user_data = wanted.user_data,
        .error = static_cast<std::uint16_t>(found.error),
        .type = wanted.type,
        .padding1 = {},
        .bytes = found.bytes,
        .flags = found.hung_up ? event_hang_up : std::uint16_t{0},
        .padding2 = {},
    };
}

// How long until the first of the deadlines; nothing if there is none.
std::optional<std::uint64_t> first_deadline(std::span<Wanted const> all, Moment now) {
    std::optional<std::uint64_t> first;
    for (auto const& wanted : all) {
        auto const* const deadline = std::get_if<Deadline>(&wanted.what);
        if (deadline == nullptr) continue;
        auto left = deadline->left_ns(now);
        if (deadline->realtime) left = std::min(left, realtime_slice_ns);
        first = std::min(first.value_or(left), left);
    }
    return first;
}

void ask_before(std::span<Wanted const> all, PollSet& set, Slots& slots) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& wanted = all[i];
        if (auto const* const error = std::get_if<Errno>(&wanted.what))
            slots.fill(i, event_of(wanted, {.error = *error}));
        if (auto const* const readiness = std::get_if<Readiness>(&wanted.what))
            if (auto const found = ask(*readiness, set)) slots.fill(i, event_of(wanted, *found));
    }
}

// Asks those that had nothing to say before the wait.
void ask_again(std::span<Wanted const> all, PollSet const& set, Moment now, Slots& slots) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& wanted = all[i];
        if (slots.filled(i)) continue;
        auto const* const deadline = std::get_if<Deadline>(&wanted.what);
        if (deadline != nullptr && deadline->left_ns(now) == 0) slots.fill(i, event_of(wanted, {}));
        if (auto const* const readiness = std::get_if<Readiness>(&wanted.what))
            if (auto const found = ask_after(*readiness, set))
                slots.fill(i, event_of(wanted, *found));
    }
}

// Until the first of the closed connections is given up.
std::optional<std::uint64_t>
sooner(std::optional<std::uint64_t> timeout_ns, std::optional<std::chrono::milliseconds> deadline) {
    if (!deadline) return timeout_ns;
    auto const left = static_cast<std::uint64_t>(std::chrono::nanoseconds{*deadline}.count());
    return std::min(timeout_ns.value_or(left), left);
}

} // namespace

// Rounds of asking and waiting. A TLS handshake, say, takes several before there is anything to
// read.
Result<Slots> wait_for(std::span<Wanted const> all, net::ClosingList& closing) {
    Slots slots{all.size()};
    for (;;) {
        PollSet set;
        ask_before(all, set, slots);
        auto timeout = sooner(first_deadline(all, TRY(moment_now())), closing.next_deadline());
        if (!slots.empty()) timeout = 0;
        closing.append_waits(set.waits());
        if (slots.empty() || !set.empty()) TRY(to_wasi(set.wait(timeout)));
        if (!closing.empty()) closing.move_on_now();
        ask_again(all, set, TRY(moment_now()), slots);
        if (!slots.empty()) return slots;
    }
}

void wait_beside(Descriptor& descriptor, net::Direction direction, net::ClosingList& closing) {
    std::array const only{
        Wanted{.what = Readiness{.descriptor = &descriptor, .direction = direction}}
    };
    if (!closing.empty()) (void)wait_for(only, closing);
}

} // namespace exec::wasi
