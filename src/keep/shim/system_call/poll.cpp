// Waiting for descriptors: poll and ppoll. Their signal mask is not needed, since nothing outside
// sends signals.

#include "keep/shim/system_call/time.hpp"
#include "keep/shim/thread/schedule.hpp"

#include <cstring>

namespace shim::system_call {

using protocol::hostcall::Extent;

namespace {

struct Polled {
    std::int32_t descriptor;
    std::int16_t wanted;
    std::int16_t found;
};
static_assert(sizeof(Polled) == 8);

constexpr std::uint64_t most_polled = 4096;
constexpr std::int16_t ready_to_use = 0x05; // POLLIN | POLLOUT
constexpr std::int16_t invalid = 0x20;      // POLLNVAL
constexpr std::uint64_t millisecond_ns = 1'000'000;

// What needs no host: files in memory are always ready, closed descriptors never were. Answers with
// the host's part.
Polled ask(Kernel& kernel, Polled& entry) {
    entry.found = 0;
    if (entry.descriptor < 0) return {-1, 0, 0};
    auto const file = kernel.files.find(static_cast<std::uint64_t>(entry.descriptor));
    if (!file)
        entry.found = invalid;
    else if ((*file)->kind == File::Kind::Memory)
        entry.found = static_cast<std::int16_t>(entry.wanted & ready_to_use);
    else
        return {static_cast<std::int32_t>((*file)->handle), entry.wanted, 0};
    return {-1, 0, 0};
}

Reply poll_for(SystemCall const& call, std::uint64_t ns) {
    auto& kernel = call.kernel;
    auto const count = call[1];
    if (count > most_polled) return std::unexpected(base::Errno::Inval);
    auto const extent = *Extent::create(0, count * sizeof(Polled));
    bool ready = false;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto entry = TRY(kernel.user.load<Polled>(call[0] + i * sizeof(Polled)));
        auto const asked = ask(kernel, entry);
        ready = ready || entry.found != 0;
        kernel.host.put(
            *Extent::create(i * sizeof(Polled), sizeof(Polled)), std::as_bytes(std::span{&asked, 1})
        );
        TRY(kernel.user.store(call[0] + i * sizeof(Polled), entry));
    }
    TRY(kernel.wait(Call::Poll, {extent.encode(), ready ? 0 : ns}, count));
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        Polled answered{};
        auto const bytes = kernel.host.data(*Extent::create(i * sizeof(Polled), sizeof(Polled)));
        std::memcpy(&answered, bytes.data(), sizeof answered);
        auto entry = TRY(kernel.user.load<Polled>(call[0] + i * sizeof(Polled)));
        entry.found = static_cast<std::int16_t>(entry.found | answered.found);
        if (entry.found != 0) ++found;
        TRY(kernel.user.store(call[0] + i * sizeof(Polled), entry));
    }
    kernel.host.scrub(extent.size());
    return found;
}

} // namespace

Reply poll(SystemCall const& call) {
    return poll_for(
        call, call.word(2) < 0 ? forever : static_cast<std::uint64_t>(call.word(2)) * millisecond_ns
    );
}

Reply ppoll(SystemCall const& call) {
    auto const deadline = TRY(deadline_after(call.kernel, call[2]));
    if (deadline == forever) return poll_for(call, forever);
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    return poll_for(call, deadline > now ? deadline - now : 0);
}

} // namespace shim::system_call
