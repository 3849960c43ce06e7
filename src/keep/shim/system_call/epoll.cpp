// epoll and eventfd: the objects are the host's. Which word of the program belongs to an event is
// the shim's to say (file/watches.hpp).

#include "keep/shim/system_call/forward.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim::system_call {

using protocol::hostcall::EpollChange;
using protocol::hostcall::EpollEvent;
using protocol::hostcall::Extent;

namespace {

// Linux UAPI, linux/eventpoll.h.
constexpr std::uint32_t readable = 0x01;    // EPOLLIN
constexpr std::uint32_t always_told = 0x18; // EPOLLERR | EPOLLHUP
constexpr std::uint64_t most_events = 1024;
constexpr std::uint64_t eventfd2_number = 290;
constexpr std::uint64_t epoll_create1_number = 291;
constexpr std::uint64_t millisecond_ns = 1'000'000;

struct [[gnu::packed]] Event {
    std::uint32_t events;
    std::uint64_t data;
};
static_assert(sizeof(Event) == 12);

Reply new_handle(SystemCall const& call, Call as, std::uint64_t value, std::uint64_t flags) {
    Arguments const wanted{value, flags & ~open_close_on_exec};
    return add_handle(call, TRY(call.kernel.wait(as, wanted, most_handle)), flags, false);
}

// Stores what the host has told and the program has asked for; the number of it.
Reply store_events(
    SystemCall const& call, std::uint32_t epoll, Message& message, std::uint64_t told
) {
    auto& kernel = call.kernel;
    std::uint64_t stored = 0;
    for (std::uint64_t i = 0; i < told; ++i) {
        constexpr auto size = sizeof(EpollEvent);
        auto const event = message.heard(*Extent::create(i * size, size)).fetch<EpollEvent>();
        auto const* const watch = kernel.watches.at(event.place, epoll);
        // Of a descriptor that was closed meanwhile, or a lie.
        if (watch == nullptr || (event.events & (watch->events | always_told)) == 0) continue;
        Event const out{event.events & (watch->events | always_told), watch->data};
        TRY(kernel.user.store(call[1] + stored++ * sizeof out, out));
    }
    return stored;
}

// The same for what poll has received ahead, which the host does not see in a socket any more.
Reply store_ahead(SystemCall const& call, std::uint32_t epoll, std::uint64_t most) {
    auto& kernel = call.kernel;
    std::uint64_t stored = 0;
    for (auto const& watch : kernel.watches.all()) {
        bool const watched = watch.used && watch.epoll == epoll && (watch.events & readable) != 0;
        if (!watched || stored == most || kernel.batch.unread(watch.target) == nullptr) continue;
        Event const out{readable, watch.data};
        TRY(kernel.user.store(call[1] + stored++ * sizeof out, out));
    }
    return stored;
}

Reply wait_until(SystemCall const& call, std::uint64_t deadline) {
    auto& kernel = call.kernel;
    if (call.word(2) <= 0) return std::unexpected(base::Errno::Inval);
    auto const file = TRY(kernel.files.host(call[0], base::Errno::Inval));
    auto const epoll = file.handle;
    auto const count = smaller(static_cast<std::uint64_t>(call.word(2)), most_events);
    // Checked first: what the host has told once must not be lost.
    TRY(kernel.user.check(call[1], count * sizeof(Event), Access::Write));
    auto const extent = Extent::create(0, count * sizeof(EpollEvent))->encode();
    if (auto const ahead = TRY(store_ahead(call, epoll, count)); ahead != 0) return ahead;
    for (;;) {
        auto const ns = left_until(kernel, deadline);
        Message message{kernel.host};
        auto const told = TRY(kernel.wait(Call::EpollWait, {epoll, extent, ns}, count));
        // Of one that was closed meanwhile: its handle, and with it the places, may be another's.
        if (!kernel.files.open(file)) return std::unexpected(base::Errno::BadF);
        auto const stored = TRY(store_events(call, epoll, message, told));
        if (stored != 0 || left_until(kernel, deadline) == 0) return stored;
        if (call.thread.pending & ~call.thread.blocked) return std::unexpected(base::Errno::Intr);
    }
}

} // namespace

// eventfd, epoll_create: as they were before they had flags.
Reply eventfd(SystemCall const& call) {
    return new_handle(
        call, Call::EventFd, call[0], call.frame.rax == eventfd2_number ? call[1] : 0
    );
}
Reply epoll_create(SystemCall const& call) {
    bool const has_flags = call.frame.rax == epoll_create1_number;
    if (!has_flags && call.word(0) <= 0) return std::unexpected(base::Errno::Inval);
    return new_handle(call, Call::EpollCreate, 0, has_flags ? call[0] : 0);
}

Reply epoll_ctl(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const change = static_cast<EpollChange>(call[1]);
    auto const epoll = TRY(kernel.files.host(call[0], base::Errno::Inval)).handle;
    auto const target = TRY(kernel.files.host(call[2], base::Errno::Perm)).handle;
    Event wanted{};
    if (change != EpollChange::Delete) wanted = TRY(kernel.user.load<Event>(call[3]));
    auto* watch = kernel.watches.find(epoll, target);
    bool const adds = change == EpollChange::Add;
    if (adds && watch != nullptr) return std::unexpected(base::Errno::Exist);
    if (!adds && watch == nullptr) return std::unexpected(base::Errno::NoEnt);
    if (adds) watch = TRY(kernel.watches.add(epoll, target));
    // The lock stays closed: nobody sees a watch that the host has not taken.
    auto const done = kernel.host.call(
        Call::EpollCtl, {epoll, call[1], target, wanted.events, kernel.watches.place(*watch)}, 0
    );
    if (change == EpollChange::Delete || (adds && !done)) watch->used = false;
    if (done) watch->events = wanted.events, watch->data = wanted.data;
    return done;
}

Reply epoll_wait(SystemCall const& call) {
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    auto const ms = call.word(3);
    return wait_until(
        call, ms < 0 ? forever : now + static_cast<std::uint64_t>(ms) * millisecond_ns
    );
}
Reply epoll_pwait2(SystemCall const& call) {
    return wait_until(call, TRY(deadline_after(call.kernel, call[3])));
}

} // namespace shim::system_call
