#pragma once

// One thread of the program: it has a vCPU of its own from its start to its end.

#include "keep/shim/event/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace shim {

// Linux UAPI, asm/signal.h.
struct SignalStack {
    std::uint64_t base = 0;
    std::uint32_t flags = 0;
    std::uint32_t padding = 0;
    std::uint64_t size = 0; // 0: none

    static constexpr std::uint32_t disabled = 2;
};
static_assert(sizeof(SignalStack) == 24);

struct Thread {
    enum class State : std::uint8_t {
        None,    // no vCPU was ever made for this place
        Idle,    // the vCPU waits for a thread
        Running, // in the program or in the shim
        Parked,  // waits in the host until it is woken
    };

    State state = State::None;
    std::uint32_t id = 0;
    std::uint64_t blocked = 0; // signals, bit n - 1 for signal n
    std::uint64_t pending = 0;
    SignalStack stack{};
    std::uint64_t clear_tid = 0; // where a zero is stored and a futex woken at the end
    std::uint64_t futex = 0;     // address it waits at, or 0
    std::uint32_t futex_mask = 0;
    std::uint64_t futex_order = 0; // who came first is woken first
    bool reads = false;            // waits for a timer or a signal to be read
    Frame frame{};                 // where a new thread begins
    std::uint64_t thread_pointer = 0;
    std::uint64_t control_words = 0;

    bool alive() const { return state == State::Running || state == State::Parked; }
};

} // namespace shim
