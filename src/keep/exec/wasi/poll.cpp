// Waiting for descriptors and for time to pass.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/poll_wanted.hpp"

#include <algorithm>
#include <vector>

namespace exec::wasi {

namespace {

constexpr std::uint32_t most_subscriptions = 1U << 16;

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
        if (!deadline) continue;
        auto left = deadline->left_ns(now);
        if (deadline->realtime) left = std::min(left, realtime_slice_ns);
        first = std::min(first.value_or(left), left);
    }
    return first;
}

std::vector<Event> events_before(std::span<Wanted const> all, PollSet& set) {
    std::vector<Event> events;
    for (auto const& wanted : all) {
        if (auto const* const error = std::get_if<Errno>(&wanted.what))
            events.push_back(event_of(wanted, {.error = *error}));
        if (auto const* const readiness = std::get_if<Readiness>(&wanted.what))
            if (auto const found = ask(*readiness, set)) events.push_back(event_of(wanted, *found));
    }
    return events;
}

void add_events_after(
    std::span<Wanted const> all, PollSet const& set, Moment now, std::vector<Event>& events
) {
    for (auto const& wanted : all) {
        auto const* const deadline = std::get_if<Deadline>(&wanted.what);
        if (deadline && deadline->left_ns(now) == 0) events.push_back(event_of(wanted, {}));
        if (auto const* const readiness = std::get_if<Readiness>(&wanted.what))
            if (auto const found = ask_after(*readiness, set))
                events.push_back(event_of(wanted, *found));
    }
}

// Rounds of asking and waiting. A TLS handshake, say, takes several before there is anything to
// read.
Result<std::vector<Event>> wait_for(std::span<Wanted const> all) {
    for (;;) {
        PollSet set;
        auto events = events_before(all, set);
        auto timeout = first_deadline(all, TRY(moment_now()));
        if (!events.empty()) timeout = 0;
        if (events.empty() || !set.empty()) TRY(to_wasi(set.wait(timeout)));
        add_events_after(all, set, TRY(moment_now()), events);
        if (!events.empty()) return events;
    }
}

} // namespace

Result<void> poll_oneoff(
    Context& context,
    GuestMemory memory,
    Pointer<Subscription> in,
    Pointer<Event> out,
    std::uint32_t count,
    Pointer<std::uint32_t> events
) {
    if (count == 0 || count > most_subscriptions) return std::unexpected(Errno::Inval);
    TRY(memory.check(in, count));
    TRY(memory.check(out, count));
    TRY(memory.check(events));

    auto const now = TRY(moment_now());
    std::vector<Wanted> all;
    all.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const subscription = TRY(memory.read(GuestMemory::element(in, i)));
        all.push_back(TRY(wanted_of(context, subscription, now)));
    }

    auto const happened = TRY(wait_for(all));
    for (std::uint32_t i = 0; i < happened.size(); ++i)
        TRY(memory.write(GuestMemory::element(out, i), happened[i]));
    return memory.write(events, static_cast<std::uint32_t>(happened.size()));
}

} // namespace exec::wasi
