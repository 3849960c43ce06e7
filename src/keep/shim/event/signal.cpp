#include "keep/shim/event/signal.hpp"

#include "keep/shim/platform/machine.hpp"

#include <cstring>

namespace shim {

namespace {

// What a handler finds on its stack, Linux UAPI asm/ucontext.h, sigcontext.h, siginfo.h.
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

constexpr std::size_t legacy_state = 512;
constexpr std::uint64_t red_zone = 128;
constexpr std::uint64_t trap_and_direction = 0x500; // TF, DF
constexpr std::uint64_t context_flags = 7; // UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS

struct ExtendedState {
    alignas(64) std::array<std::byte, Machine::most_extended_state> bytes{};
};

bool on_signal_stack(SignalStack const& stack, std::uint64_t rsp) {
    return rsp > stack.base && rsp - stack.base <= stack.size;
}

SignalContext save(Frame const& f) {
    SignalContext c{};
    c.r8 = f.r8, c.r9 = f.r9, c.r10 = f.r10, c.r11 = f.r11;
    c.r12 = f.r12, c.r13 = f.r13, c.r14 = f.r14, c.r15 = f.r15;
    c.rdi = f.rdi, c.rsi = f.rsi, c.rbp = f.rbp, c.rbx = f.rbx;
    c.rdx = f.rdx, c.rax = f.rax, c.rcx = f.rcx, c.rsp = f.rsp;
    c.rip = f.rip, c.rflags = f.rflags;
    c.cs = user_code_selector, c.ss = user_data_selector;
    return c;
}

void load(SignalContext const& c, Frame& f) {
    f.r8 = c.r8, f.r9 = c.r9, f.r10 = c.r10, f.r11 = c.r11;
    f.r12 = c.r12, f.r13 = c.r13, f.r14 = c.r14, f.r15 = c.r15;
    f.rdi = c.rdi, f.rsi = c.rsi, f.rbp = c.rbp, f.rbx = c.rbx;
    f.rdx = c.rdx, f.rax = c.rax, f.rcx = c.rcx, f.rsp = c.rsp;
    f.rip = c.rip;
    f.rflags = (c.rflags & user_flags) | interrupt_flag | 2;
    f.cs = user_code_selector, f.ss = user_data_selector;
}

void save_extended_state(ExtendedState& state, std::uint32_t size) {
    Machine::save_extended_state(state.bytes.data());
    ExtendedStateMarks const marks{
        .magic = ExtendedStateMarks::begins,
        .extended_size = size + 4,
        .features = Machine::extended_state_mask(),
        .state_size = size,
        .padding = {},
    };
    std::memcpy(state.bytes.data() + ExtendedStateMarks::offset, &marks, sizeof marks);
    std::memcpy(state.bytes.data() + size, &ExtendedStateMarks::ends, 4);
}

base::Result<void> restore_extended_state(UserMemory& user, std::uint64_t at) {
    ExtendedState state;
    auto const size = Machine::extended_state_size();
    TRY(user.read(at, std::span{state.bytes}.first(legacy_state)));
    ExtendedStateMarks marks{};
    std::memcpy(&marks, state.bytes.data() + ExtendedStateMarks::offset, sizeof marks);
    std::uint64_t features = 3;
    if (marks.magic == ExtendedStateMarks::begins && marks.state_size == size)
        TRY(user.read(
            at + legacy_state, std::span{state.bytes}.subspan(legacy_state, size - legacy_state)
        ));
    else
        std::memcpy(state.bytes.data() + legacy_state, &features, sizeof features);
    if (!Machine::load_extended_state(state.bytes.data()))
        return std::unexpected(base::Errno::Fault);
    return {};
}

} // namespace

bool Signals::ignored(std::uint64_t number) const {
    // By default, also those that would stop the program: nobody could let it go on.
    constexpr std::uint64_t by_default_mask =
        bit_of(Signal::Child) | bit_of(Signal::Urgent) | bit_of(Signal::WindowChange) |
        bit_of(Signal::Cont) | bit_of(Signal::Stop) | bit_of(Signal::TerminalStop) |
        bit_of(Signal::TerminalRead) | bit_of(Signal::TerminalWrite);
    bool const by_default = (by_default_mask & signal_bit(number)) != 0;
    auto const handler = actions_[number - 1].handler;
    return handler == 1 || (handler == 0 && by_default);
}

base::Result<void> Signals::deliver(Thread& thread, Frame& frame, SignalInfo const& info) {
    auto const number = static_cast<std::uint64_t>(info.signal);
    auto& wanted = action(number);
    if (!canonical(wanted.handler)) return std::unexpected(base::Errno::Fault);
    auto const size = static_cast<std::uint32_t>(Machine::extended_state_size());
    std::uint64_t top = frame.rsp - red_zone;
    bool const other_stack = (wanted.flags & SignalAction::on_stack) && thread.stack.size != 0;
    if (other_stack && !on_signal_stack(thread.stack, frame.rsp))
        top = thread.stack.base + thread.stack.size;
    std::uint64_t const state_at = round_down(top - size - 4, 64);
    std::uint64_t const at = round_down(state_at - sizeof(SignalFrame), 16) - 8;

    ExtendedState state;
    save_extended_state(state, size);
    TRY(user_.write(state_at, std::span{state.bytes}.first(size + 4)));

    SignalFrame saved{};
    saved.return_address = wanted.restorer;
    saved.context.flags = context_flags;
    saved.context.stack = thread.stack;
    if (thread.stack.size == 0) saved.context.stack.flags = SignalStack::disabled;
    saved.context.registers = save(frame);
    saved.context.registers.error = info.error;
    saved.context.registers.trap = info.trap;
    saved.context.registers.old_mask = thread.blocked;
    saved.context.registers.fault_address = frame.vector == Vector::PageFault ? info.address : 0;
    saved.context.registers.extended_state = state_at;
    saved.context.blocked = thread.blocked;
    saved.record.signal = static_cast<std::int32_t>(number);
    saved.record.code = info.code;
    saved.record.address = info.address;
    TRY(user_.store(at, saved));

    thread.blocked |= wanted.mask;
    if (!(wanted.flags & SignalAction::no_defer)) thread.blocked |= signal_bit(number);
    frame.rip = wanted.handler;
    if (wanted.flags & SignalAction::reset_hand) wanted.handler = 0;
    frame.rsp = at;
    frame.rdi = number;
    frame.rsi = at + offsetof(SignalFrame, record);
    frame.rdx = at + offsetof(SignalFrame, context);
    frame.rax = 0;
    frame.rflags &= ~trap_and_direction;
    return {};
}

base::Result<void> Signals::restore(Thread& thread, Frame& frame) {
    // The restorer was entered by RET, so the frame begins one word below the stack pointer.
    auto const saved = TRY(user_.load<SignalFrame>(frame.rsp - 8));
    if (!canonical(saved.context.registers.rip)) return std::unexpected(base::Errno::Fault);
    if (saved.context.registers.extended_state != 0)
        TRY(restore_extended_state(user_, saved.context.registers.extended_state));
    load(saved.context.registers, frame);
    thread.blocked = saved.context.blocked & ~signal_bit(9) & ~signal_bit(19);
    thread.stack = saved.context.stack;
    if (thread.stack.flags & SignalStack::disabled) thread.stack = {};
    return {};
}

} // namespace shim
