#pragma once

// One subscription of poll_oneoff, understood: what it waits for, and how to tell that it has come.

#include "keep/exec/wasi/context.hpp"
#include "keep/exec/wasi/poll_set.hpp"
#include "os/clock.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace exec::wasi {

struct Moment {
    std::uint64_t monotonic_ns = 0;
    std::uint64_t realtime_ns = 0;
};
Result<Moment> moment_now();

struct Deadline {
    bool realtime = false; // on that clock, else on the monotonic one
    std::uint64_t at_ns = 0;

    std::uint64_t left_ns(Moment now) const; // 0: it has come
};

struct Readiness {
    Descriptor* descriptor;
    net::Direction direction;
};

struct Wanted {
    std::uint64_t user_data = 0;
    EventType type = EventType::Clock;
    std::variant<Errno, Deadline, Readiness> what; // an error is an event that has come already
};

// Errno::Inval for a kind of subscription that there is not.
Result<Wanted> wanted_of(Context const& context, Subscription const& subscription, Moment now);

// What a ready descriptor has to say.
struct Found {
    Errno error = Errno::Success;
    std::uint64_t bytes = 0; // at least so many can be moved
    bool hung_up = false;
};

// Asks without waiting. Nothing: not ready as far as can be told, and `set` has what to wait for.
std::optional<Found> ask(Readiness const& readiness, PollSet& set);
// Asks what the wait on `set` has shown.
std::optional<Found> ask_after(Readiness const& readiness, PollSet const& set);

} // namespace exec::wasi
