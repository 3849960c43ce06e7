#pragma once

// Signals: what the program asked for each, delivery and return. The host never sends any.

#include "keep/shim/event/frame.hpp"
#include "keep/shim/memory/user_memory.hpp"
#include "keep/shim/thread/thread.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace shim {

enum class Signal : std::uint8_t {
    None = 0,
    Ill = 4,
    Trap = 5,
    Bus = 7,
    Fpe = 8,
    Kill = 9,
    Segv = 11,
    Child = 17,
    Cont = 18,
    Stop = 19,
    TerminalStop = 20,
    TerminalRead = 21,
    TerminalWrite = 22,
    Urgent = 23,
    WindowChange = 28,
};

// Linux UAPI: struct sigaction as rt_sigaction takes it.
struct SignalAction {
    std::uint64_t handler = 0; // 0 default, 1 ignore
    std::uint64_t flags = 0;
    std::uint64_t restorer = 0;
    std::uint64_t mask = 0;

    static constexpr std::uint64_t on_stack = 0x0800'0000;
    static constexpr std::uint64_t no_defer = 0x4000'0000;
    static constexpr std::uint64_t reset_hand = 0x8000'0000;
};
static_assert(sizeof(SignalAction) == 32);

struct SignalInfo {
    Signal signal = Signal::None;
    std::int32_t code = 0;
    std::uint64_t address = 0; // of the fault
    std::uint64_t trap = 0;    // vector and error code for the context
    std::uint64_t error = 0;
};

constexpr std::uint64_t signal_bit(std::uint64_t number) { return 1ULL << (number - 1); }
constexpr std::uint64_t bit_of(Signal signal) {
    return signal_bit(static_cast<std::uint64_t>(signal));
}
inline constexpr unsigned signal_count = 64;
inline constexpr std::uint64_t unblockable_signals = bit_of(Signal::Kill) | bit_of(Signal::Stop);

class Signals {
public:
    explicit Signals(UserMemory& user) : user_{user} {}

    SignalAction& action(std::uint64_t number) { return actions_[number - 1]; }
    bool ignored(std::uint64_t number) const;

    // Makes the program go on in its handler; Fault if its stack cannot hold the frame.
    base::Result<void> deliver(Thread& thread, Frame& frame, SignalInfo const& info);
    // rt_sigreturn: puts back what deliver() saved, or what the handler made of it.
    base::Result<void> restore(Thread& thread, Frame& frame);

private:
    UserMemory& user_;
    std::array<SignalAction, signal_count> actions_{};
};

} // namespace shim
