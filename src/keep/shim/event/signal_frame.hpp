#pragma once

// What a signal handler finds on its stack, Linux UAPI asm/ucontext.h, asm/sigcontext.h and
// asm-generic/siginfo.h.

#include "keep/shim/thread/thread.hpp"

#include <array>
#include <cstdint>

namespace shim {

struct SignalContext {
    std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    std::uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    std::uint16_t cs, gs, fs, ss;
    std::uint64_t error, trap, old_mask, fault_address;
    std::uint64_t extended_state; // address
    std::array<std::uint64_t, 8> reserved;
};

struct UserContext {
    std::uint64_t flags;
    std::uint64_t link;
    SignalStack stack;
    SignalContext registers;
    std::uint64_t blocked;
};
static_assert(sizeof(UserContext) == 304);

struct SignalRecord {
    std::int32_t signal, error, code, padding;
    std::uint64_t address;
    std::array<std::uint64_t, 13> rest;
};
static_assert(sizeof(SignalRecord) == 128);

struct SignalFrame {
    std::uint64_t return_address; // the restorer, which calls rt_sigreturn
    UserContext context;
    SignalRecord record;
};
static_assert(sizeof(SignalFrame) == 440);

// asm/sigcontext.h, struct _fpx_sw_bytes: at byte 464 of the extended state.
struct ExtendedStateMarks {
    static constexpr std::size_t offset = 464;
    static constexpr std::uint32_t begins = 0x46505853;
    static constexpr std::uint32_t ends = 0x46505845;

    std::uint32_t magic;
    std::uint32_t extended_size;
    std::uint64_t features;
    std::uint32_t state_size;
    std::array<std::uint32_t, 7> padding;
};
static_assert(sizeof(ExtendedStateMarks) == 48);

} // namespace shim
