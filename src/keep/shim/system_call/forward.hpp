#pragma once

// A system call on its way to the host: arguments are added in order, buffers are copied into the
// block and out again.

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

class Forward {
public:
    Forward(SystemCall const& call, Call as);

    void value(std::uint64_t value) { arguments_[count_++] = value; }
    base::Result<void> handle(std::uint64_t descriptor); // BadF: not open, or not the host's
    // The call's arguments i, a folder, and i + 1, a path below it. NoEnt: the path is absolute, or
    // begins where the program started; a Keep has neither.
    base::Result<void> folder(unsigned i);
    base::Result<void> below(unsigned i);
    base::Result<void> text(std::uint64_t at);                    // of a symbolic link
    base::Result<void> in(std::uint64_t at, std::uint64_t size);  // null with size 0 stays empty
    base::Result<void> out(std::uint64_t at, std::uint64_t size); // filled whole on success
    // A buffer whose size, and then how much there was, lies at `size_at`; null: none is wanted.
    base::Result<void> sized(std::uint64_t at, std::uint64_t size_at);
    base::Result<void>
    result(std::uint64_t at, std::uint64_t size); // filled as far as the answer says

    // What the host has answered, checked against the call's row and copied to the program.
    Reply send();

private:
    static constexpr unsigned most_outs = 3;
    struct Out {
        std::uint64_t at;     // in the program
        std::uint64_t extent; // encoded
        bool sized_by_answer;
    };

    base::Result<protocol::hostcall::Extent> take(std::uint64_t size);

    SystemCall const& call_;
    Call as_;
    Arguments arguments_{};
    unsigned count_ = 0;
    std::uint64_t used_ = 0; // of the block's data
    std::array<Out, most_outs> outs_{};
    unsigned out_count_ = 0;
    std::uint64_t limit_ = 0; // of the answer; a buffer's size where that bounds it
    bool bound_by_in_ = false;
};

inline constexpr std::uint64_t most_handle = 0xffff'ffff;
inline constexpr std::int32_t working_folder = -100;          // AT_FDCWD
inline constexpr std::uint64_t open_close_on_exec = 0x8'0000; // O_CLOEXEC, SOCK_CLOEXEC
inline constexpr std::uint32_t open_nonblocking = 0x800;      // O_NONBLOCK, SOCK_NONBLOCK

// A new descriptor for a handle that the host has given out. Proto: it is in use already, which
// would tie two files together; the host has mistaken or lied.
Reply add_handle(
    SystemCall const& call, std::uint64_t handle, std::uint64_t flags, bool close_late
);

} // namespace shim
