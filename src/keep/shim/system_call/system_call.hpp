#pragma once

// A Linux system call as its handler sees it, and the table of handlers.

#include "keep/shim/event/kernel.hpp"

namespace shim {

using Reply = base::Result<std::uint64_t>;

struct SystemCall {
    Kernel& kernel;
    Thread& thread;
    Frame& frame;
    unsigned ints = 0; // which arguments are the lower half of their register

    // The arguments, 0 to 5 (System V ABI, appendix A.2).
    std::uint64_t operator[](unsigned i) const {
        std::uint64_t const values[]{
            frame.rdi, frame.rsi, frame.rdx, frame.r10, frame.r8, frame.r9
        };
        return ints >> i & 1 ? values[i] & 0xffff'ffff : values[i];
    }
    std::int32_t word(unsigned i) const { return static_cast<std::int32_t>((*this)[i]); }

    // An answer that the program wants at an address; wanted(): unless that is null.
    template <class T> Reply store(std::uint64_t at, T const& value) const {
        TRY(kernel.user.store(at, value));
        return 0;
    }
    template <class T> Reply wanted(std::uint64_t at, T const& value) const {
        return at == 0 ? Reply{0} : store(at, value);
    }
};

using Function = Reply(SystemCall const&); // what answers a system call

struct TimeSpec {
    std::int64_t seconds;
    std::int64_t nanoseconds;
};
TimeSpec spec_of(std::uint64_t ns);
// Nanoseconds; what is later than the clock can show counts as forever.
base::Result<std::uint64_t> ns_of(TimeSpec spec);
base::Result<std::uint64_t> load_ns(Kernel& kernel, std::uint64_t at);
// The moment that lies the timespec at `at` after now; forever if `at` is null.
base::Result<std::uint64_t> deadline_after(Kernel& kernel, std::uint64_t at);
// The moment at which `clock` shows the timespec at `at`; forever if `at` is null.
base::Result<std::uint64_t> deadline_at(Kernel& kernel, std::uint64_t at, std::uint64_t clock);
// Nanoseconds; forever, if the deadline is that.
std::uint64_t left_until(Kernel& kernel, std::uint64_t deadline);

void answer_system_call(Kernel& kernel, Frame& frame);

namespace system_call {

// forward: by the call's row in protocol/hostcall/call.hpp
#define CALL(number, handler, ...) Function handler;
#include "keep/shim/system_call/calls.inc"
#undef CALL

} // namespace system_call

} // namespace shim
