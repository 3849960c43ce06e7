#pragma once

// A system call on its way to the host: arguments are added in order and checked, then all of them
// are put down at once, so that the host sees nothing of a call that is not made.

#include "keep/shim/host/message.hpp"
#include "keep/shim/system_call/system_call.hpp"

namespace shim {

class Forward {
    static constexpr auto no_bytes = *protocol::hostcall::Extent::create(0, 0);

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
    // A buffer whose size, and then how much there was, lies at `size_at`; null: none is wanted. It
    // is filled as far as there was something.
    base::Result<void> sized(std::uint64_t at, std::uint64_t size_at);
    base::Result<void>
    result(std::uint64_t at, std::uint64_t size); // filled as far as the answer says

    // What the host has answered, checked against the call's row and copied to the program.
    Reply send();

private:
    static constexpr unsigned most_buffers = 3;
    enum class Bound : std::uint8_t { Whole, ByAnswer, ByNext }; // how much of a buffer is filled
    struct Buffer {
        std::uint64_t at; // in the program
        protocol::hostcall::Extent extent;
        Bound bound;
    };
    class Buffers {
    public:
        base::Result<void> add(Buffer const& buffer) {
            if (count_ == most_buffers) return std::unexpected(base::Errno::Inval);
            all_[count_++] = buffer;
            return {};
        }
        std::span<Buffer const> all() const { return std::span{all_}.first(count_); }

    private:
        std::array<Buffer, most_buffers> all_{
            Buffer{0, no_bytes, {}}, Buffer{0, no_bytes, {}}, Buffer{0, no_bytes, {}}
        };
        unsigned count_ = 0;
    };

    base::Result<protocol::hostcall::Extent> take(std::uint64_t size);
    base::Result<void> show(std::uint64_t at, std::uint64_t size);
    base::Result<void> fill(std::uint64_t at, std::uint64_t size, Bound bound);
    Reply copy_answer(Message& message, std::uint64_t answer) const;

    SystemCall const& call_;
    Call as_;
    Arguments arguments_{};
    unsigned count_ = 0;
    std::uint64_t used_ = 0; // of the block's data
    Buffers ins_;
    Buffers outs_;
    std::uint64_t limit_ = 0; // of the answer; a buffer's size where that bounds it
    bool bound_by_in_ = false;
    bool gives_handle_ = false;
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
// Closes one that gets no number. Not if a number has it: the host has mistaken or lied.
void return_handle(SystemCall const& call, std::uint64_t handle);

} // namespace shim
