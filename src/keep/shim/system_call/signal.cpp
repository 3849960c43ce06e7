// Signals as a program asks for them and sends them to itself.

#include "keep/shim/system_call/source.hpp"
#include "keep/shim/thread/schedule.hpp"

namespace shim::system_call {

namespace {

constexpr std::uint64_t set_size = 8;
constexpr std::uint64_t least_stack = 2048; // MINSIGSTKSZ

base::Result<void> check_number(std::uint64_t number) {
    if (number < 1 || number > signal_count) return std::unexpected(base::Errno::Inval);
    return {};
}

Reply send(SystemCall const& call, Thread& thread, std::uint64_t number) {
    if (number == 0) return 0;
    TRY(check_number(number));
    thread.pending |= signal_bit(number);
    if (number == static_cast<std::uint64_t>(Signal::Kill))
        end_keep(call.kernel, {.signal = number});
    if (thread.state == Thread::State::Parked) wake(call.kernel, thread);
    tell_signals(call.kernel, signal_bit(number));
    return 0;
}

Reply send_to_thread(SystemCall const& call, std::uint64_t id, std::uint64_t number) {
    for (auto& thread : call.kernel.threads.first(call.kernel.max_threads)) {
        if (thread.alive() && thread.id == id) return send(call, thread, number);
    }
    return std::unexpected(base::Errno{3}); // ESRCH
}

} // namespace

Reply rt_sigaction(SystemCall const& call) {
    if (call[3] != set_size) return std::unexpected(base::Errno::Inval);
    TRY(check_number(call[0]));
    auto& action = call.kernel.signals.action(call[0]);
    auto const old = action;
    if (call[1] != 0) {
        if (signal_bit(call[0]) & unblockable_signals) return std::unexpected(base::Errno::Inval);
        action = TRY(call.kernel.user.load<SignalAction>(call[1]));
        action.mask &= ~unblockable_signals;
    }
    return call.wanted(call[2], old);
}

Reply rt_sigprocmask(SystemCall const& call) {
    if (call[3] != set_size) return std::unexpected(base::Errno::Inval);
    auto& blocked = call.thread.blocked;
    auto const old = blocked;
    if (call[1] != 0) {
        auto const set = TRY(call.kernel.user.load<std::uint64_t>(call[1]));
        // SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK
        std::array const changed{old | set, old & ~set, set};
        if (call[0] >= changed.size()) return std::unexpected(base::Errno::Inval);
        blocked = changed[call[0]] & ~unblockable_signals;
    }
    return call.wanted(call[2], old);
}

Reply rt_sigreturn(SystemCall const& call) {
    // A frame that cannot be read or holds nonsense: the program has lost its stack.
    if (!call.kernel.signals.restore(call.thread, call.frame))
        end_keep(call.kernel, {.signal = static_cast<std::uint64_t>(Signal::Segv)});
    return call.frame.rax;
}

Reply sigaltstack(SystemCall const& call) {
    auto& stack = call.thread.stack;
    auto old = stack;
    if (old.size == 0) old.flags = SignalStack::disabled;
    if (call[0] != 0) {
        auto const wanted = TRY(call.kernel.user.load<SignalStack>(call[0]));
        bool const off = (wanted.flags & SignalStack::disabled) != 0;
        if (!off && wanted.size < least_stack) return std::unexpected(base::Errno::NoMem);
        stack = {};
        if (!off) stack.base = wanted.base, stack.size = wanted.size;
    }
    return call.wanted(call[1], old);
}

Reply kill(SystemCall const& call) {
    constexpr std::int32_t self = 1;
    if (call.word(0) != self && call.word(0) != 0) return std::unexpected(base::Errno{3}); // ESRCH
    if (call[1] == 0) return 0;
    TRY(check_number(call[1]));
    auto const bit = signal_bit(call[1]);
    if ((call.thread.blocked & bit) == 0) return send(call, call.thread, call[1]);
    for (auto& thread : call.kernel.threads.first(call.kernel.max_threads))
        if (thread.alive() && (thread.blocked & bit) == 0) return send(call, thread, call[1]);
    call.kernel.pending |= bit;
    tell_signals(call.kernel, bit);
    return 0;
}

Reply tkill(SystemCall const& call) { return send_to_thread(call, call[0], call[1]); }
Reply tgkill(SystemCall const& call) { return send_to_thread(call, call[1], call[2]); }

} // namespace shim::system_call
