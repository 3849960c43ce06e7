// Waiting for descriptors and for time to pass.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/poll_wait.hpp"

#include <vector>

namespace exec::wasi {

namespace {

constexpr std::uint32_t most_subscriptions = 1U << 16;

// One behind the other, in the order of their subscriptions.
Result<void> write_events(GuestMemory memory, Pointer<Event> out, Slots const& happened) {
    std::uint32_t written = 0;
    for (auto const& event : happened.all())
        if (event) TRY(memory.write(GuestMemory::element(out, written++), *event));
    return {};
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

    auto const happened = TRY(wait_for(all, *context.closing));
    TRY(write_events(memory, out, happened));
    return memory.write(events, happened.count());
}

} // namespace exec::wasi
