// Waiting for descriptors: poll and ppoll, whose signal mask is not needed: nobody sends signals.

#include "keep/shim/system_call/poll.hpp"

#include "keep/shim/host/message.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim {

using protocol::hostcall::Extent;
using protocol::hostcall::poll_ahead;
using protocol::hostcall::Polled;

namespace {

using namespace poll_event;
static_assert(sizeof(Asked) == sizeof(Polled));

constexpr std::uint64_t most_polled = Descriptors::max_files; // RLIMIT_NOFILE, as on Linux
constexpr std::int16_t ready_to_use = readable | writable;
constexpr std::int16_t always_told = error | hang_up | invalid;
constexpr std::uint64_t quiet_patience = 8; // an answer is fresh for so many doorbells' time
constexpr std::uint64_t millisecond_ns = 1'000'000;

// What needs no host: files in memory are always ready, so are bytes received ahead, closed
// descriptors never were. Answers with the host's part.
Polled ask(Kernel& kernel, Asked& entry, bool may_receive) {
    constexpr Polled nothing{-1, 0, 0};
    entry.found = 0;
    if (entry.descriptor < 0) return nothing;
    auto const file = kernel.files.find(static_cast<std::uint64_t>(entry.descriptor));
    if (!file || file->kind == File::Kind::Memory) {
        entry.found = !file ? invalid : static_cast<std::int16_t>(entry.wanted & ready_to_use);
        return nothing;
    }
    if (kernel.batch.unread(file->handle) != nullptr)
        entry.found = static_cast<std::int16_t>(entry.wanted & readable);
    bool const ahead = may_receive && file->stream && (entry.wanted & readable) != 0;
    auto const wanted =
        static_cast<std::int16_t>(ahead ? entry.wanted | poll_ahead : entry.wanted & ~poll_ahead);
    return {static_cast<std::int32_t>(file->handle), wanted, 0};
}

// Takes the host's answer, with what it has received ahead. False: it cannot be true.
bool take(Kernel& kernel, Asked& entry, Polled answered, std::uint64_t quiet_until) {
    if (entry.descriptor < 0) return true; // nobody was asked
    entry.found |= answered.found & (entry.wanted | always_told);
    // With other threads the number may be another file's by now.
    if (!kernel.alone() || (entry.wanted & readable) == 0) return true;
    auto const number = static_cast<std::uint64_t>(entry.descriptor);
    auto const file = kernel.files.find(number);
    if (!file || !file->stream) return true;
    auto const ahead = answered.handle_or_ahead;
    bool const drained = ahead > 0 && answered.wanted_or_drained != 0;
    bool const more = (answered.found & ~(drained ? ready_to_use : writable)) != 0;
    kernel.files.change(number, *file, [&](File& f) { f.quiet_until = more ? 0 : quiet_until; });
    if ((answered.found & readable) == 0 || ahead == 0) return true;
    return ahead > 0 && kernel.batch.received(file->handle, static_cast<std::uint64_t>(ahead));
}

// An array of the program's.
struct Array {
    UserMemory& user;
    std::uint64_t at;

    static base::Result<Asked> load(void* of, std::uint64_t i) {
        auto const& array = *static_cast<Array*>(of);
        return array.user.load<Asked>(array.at + (i * sizeof(Asked)));
    }
    static base::Result<void> store(void* of, std::uint64_t i, Asked const& entry) {
        auto const& array = *static_cast<Array*>(of);
        return array.user.store(array.at + (i * sizeof(Asked)), entry);
    }
};

Reply poll_array(SystemCall const& call, std::uint64_t deadline) {
    Array array{call.kernel.user, call[0]};
    // Checked first: the host sees nothing of a question that cannot be asked.
    if (call[1] > most_polled) return std::unexpected(base::Errno::Inval);
    TRY(array.user.check(array.at, call[1] * sizeof(Asked), Access::Write));
    return poll_until(call, {&array, call[1], Array::load, Array::store}, deadline);
}

// Within so many nanoseconds of the host's.
Reply poll_list(Kernel& kernel, PollList const& list, std::uint64_t ns) {
    auto const count = list.count;
    if (count > most_polled) return std::unexpected(base::Errno::Inval);
    auto const extent = *Extent::create(0, count * sizeof(Polled));
    auto const block = [&](std::uint64_t i) {
        return *Extent::create(i * sizeof(Polled), sizeof(Polled));
    };
    bool const may_receive = kernel.batch.may_receive() && kernel.alone();
    Message message{kernel.host};
    bool ready = false;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto entry = TRY(list.load(list.of, i));
        auto const asked = ask(kernel, entry, may_receive);
        ready = ready || entry.found != 0;
        message.shown().put(block(i).offset(), std::as_bytes(std::span{&asked, 1}));
        TRY(list.store(list.of, i, entry));
    }
    TRY(kernel.wait(Call::Poll, {extent.encode(), ready ? 0 : ns}, count));
    auto const quiet_until = Machine::ticks() + quiet_patience * kernel.host.patience();
    std::uint64_t found = 0;
    bool honest = true;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto answered = message.heard(block(i)).fetch<Polled>();
        if (!may_receive) answered.handle_or_ahead = 0;
        auto entry = TRY(list.load(list.of, i));
        honest = take(kernel, entry, answered, quiet_until) && honest;
        if (entry.found != 0) ++found;
        TRY(list.store(list.of, i, entry));
    }
    if (!honest) return std::unexpected(base::Errno::Proto);
    return found;
}

} // namespace

// When the time is over is the Keep's clock to say: a host that says so too early is asked again.
Reply poll_until(SystemCall const& call, PollList const& list, std::uint64_t deadline) {
    for (;;) {
        auto const ns = left_until(call.kernel, deadline);
        auto const found = TRY(poll_list(call.kernel, list, ns));
        if (found != 0 || left_until(call.kernel, deadline) == 0) return found;
        if (call.thread.pending & ~call.thread.blocked) return std::unexpected(base::Errno::Intr);
    }
}

namespace system_call {

Reply poll(SystemCall const& call) {
    auto const now = call.kernel.clock.monotonic(Machine::ticks());
    auto const ms = call.word(2);
    return poll_array(
        call, ms < 0 ? forever : now + static_cast<std::uint64_t>(ms) * millisecond_ns
    );
}

Reply ppoll(SystemCall const& call) {
    return poll_array(call, TRY(deadline_after(call.kernel, call[2])));
}

} // namespace system_call

} // namespace shim
