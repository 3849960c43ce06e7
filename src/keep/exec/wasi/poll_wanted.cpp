#include "keep/exec/wasi/poll_wanted.hpp"

#include "keep/exec/wasi/convert.hpp"

namespace exec::wasi {

namespace {

using Direction = net::Direction;
using net::events_of;
using net::is_gone;

std::variant<Errno, Deadline, Readiness> deadline_of(SubscriptionBody const& body, Moment now) {
    auto const id = ClockId{std::uint32_t{body.clock_or_fd}};
    if (id != ClockId::Realtime && id != ClockId::Monotonic) return Errno::Inval;
    if ((body.clock_flags & ~std::uint32_t{clock_absolute}) != 0) return Errno::Inval;
    if (body.clock_flags == clock_absolute)
        return Deadline{.realtime = id == ClockId::Realtime, .at_ns = body.timeout_ns};
    // A span of time is the same on either clock, but only this one cannot be set meanwhile.
    Deadline deadline;
    if (__builtin_add_overflow(now.monotonic_ns, std::uint64_t{body.timeout_ns}, &deadline.at_ns))
        deadline.at_ns = UINT64_MAX;
    return deadline;
}

std::variant<Errno, Deadline, Readiness>
readiness_of(Context const& context, Fd fd, Direction direction) {
    auto const descriptor = context.descriptors.find(fd);
    if (!descriptor || as<OpenDirectory>(**descriptor) != nullptr) return Errno::BadF;
    auto const allowed = (*descriptor)->allows(right::poll_fd_readwrite);
    if (!allowed) return allowed.error();
    return Readiness{.descriptor = *descriptor, .direction = direction};
}

Found of_file(OpenFile const& file, Direction direction) {
    if (direction == Direction::Write) return {.bytes = 1};
    auto const stat = to_wasi(file.file->stat());
    if (!stat) return {.error = stat.error()};
    return {.bytes = stat->size > file.offset ? stat->size - file.offset : 0};
}

net::Pollable* pollable_of(Descriptor& descriptor) {
    if (auto* const connection = as<Connected>(descriptor)) return connection->get();
    if (auto* const listener = as<Listening>(descriptor)) return listener->get();
    return nullptr;
}

std::optional<Found> of(net::Pollable& pollable, Direction direction, PollSet& set) {
    if (auto const watched = pollable.watched(direction)) {
        set.waits().push_back(watched->entry);
        return {};
    }
    if (!pollable.ready(direction, set.waits())) return {};
    return Found{
        .bytes = direction == Direction::Read ? pollable.readable_bytes() : 1,
        .hung_up = pollable.hung_up(),
    };
}

// Another asker of the same socket may have added to what was found.
std::optional<Found>
of_watched(net::Pollable& pollable, Direction direction, bool tells_all, short found) {
    if ((found & events_of(direction)) == 0 && !is_gone(found)) return {};
    net::WaitSet more; // asked again from the start if this was not enough
    if (!tells_all && !pollable.ready(direction, more)) return {};
    if (direction == Direction::Write) return Found{.bytes = 1, .hung_up = pollable.hung_up()};
    return Found{.bytes = pollable.readable_bytes(), .hung_up = pollable.hung_up(found)};
}

} // namespace

Result<Moment> moment_now() {
    return Moment{
        .monotonic_ns = TRY(to_wasi(os::now_ns(os::Clock::Monotonic))),
        .realtime_ns = TRY(to_wasi(os::now_ns(os::Clock::Realtime))),
    };
}

std::uint64_t Deadline::left_ns(Moment now) const {
    auto const now_ns = realtime ? now.realtime_ns : now.monotonic_ns;
    return at_ns > now_ns ? at_ns - now_ns : 0;
}

Result<Wanted> wanted_of(Context const& context, Subscription const& subscription, Moment now) {
    auto const& body = subscription.body;
    Wanted wanted{
        .user_data = subscription.user_data, .type = EventType{subscription.tag}, .what = {}
    };
    switch (wanted.type) {
    case EventType::Clock:
        wanted.what = deadline_of(body, now);
        return wanted;
    case EventType::FdRead:
        wanted.what = readiness_of(context, Fd{body.clock_or_fd}, Direction::Read);
        return wanted;
    case EventType::FdWrite:
        wanted.what = readiness_of(context, Fd{body.clock_or_fd}, Direction::Write);
        return wanted;
    }
    return std::unexpected(Errno::Inval);
}

std::optional<Found> ask(Readiness const& readiness, PollSet& set) {
    auto& descriptor = *readiness.descriptor;
    if (auto const* const file = as<OpenFile>(descriptor))
        return of_file(*file, readiness.direction);
    if (auto* const pollable = pollable_of(descriptor))
        return of(*pollable, readiness.direction, set);
    if (auto const* const stream = as<Stream>(descriptor)) {
        set.add(stream->host.number(), readiness.direction == Direction::Read ? POLLIN : POLLOUT);
        return {};
    }
    return Found{.bytes = readiness.direction == Direction::Read ? 0U : 1U};
}

std::optional<Found> ask_after(Readiness const& readiness, PollSet const& set) {
    if (auto* const pollable = pollable_of(*readiness.descriptor)) {
        auto const watched = pollable->watched(readiness.direction);
        if (!watched) return {};
        auto const found = set.found(watched->entry.fd);
        return of_watched(*pollable, readiness.direction, watched->tells_all, found);
    }
    auto const* const stream = as<Stream>(*readiness.descriptor);
    if (!stream) return {};
    auto const reading = readiness.direction == Direction::Read;
    auto const found = set.found(stream->host.number());
    if ((found & POLLNVAL) != 0) return Found{.error = Errno::BadF};
    auto const hung_up = (found & (POLLHUP | POLLERR)) != 0;
    if (!hung_up && (found & (reading ? POLLIN : POLLOUT)) == 0) return {};
    return Found{.bytes = reading ? stream->host.readable_bytes() : 1, .hung_up = hung_up};
}

} // namespace exec::wasi
