// System calls of a target that the kernel holds until the model has answered: seccomp's user
// notification.
#pragma once
#include "base/descriptor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/types.h>

namespace model::front {

/// One call; its thread stands still in the kernel.
struct Call {
    std::uint64_t id = 0;
    pid_t thread = 0;
    int number = 0;
    std::array<std::uint64_t, 6> arguments{};
};

class Listener {
public:
    Listener() = default;
    explicit Listener(Descriptor descriptor);
    /// The calls of this process, and of what it will start, that the model serves. -1: the kernel
    /// has not got it.
    static int install();

    int number() const { return descriptor_.number(); }
    std::optional<Call> receive() const;
    /// `outcome`: a value, or -errno.
    /// False: a signal was quicker, and the target has seen EINTR instead.
    bool tell(std::uint64_t id, long outcome) const;
    void answer(std::uint64_t id, long outcome) const { static_cast<void>(tell(id, outcome)); }
    /// The kernel itself carries the call out.
    void let_pass(std::uint64_t id) const;
    /// Puts a descriptor into the target; its number there, or -errno. `answering`: that number is
    /// the call's answer, too.
    int give(std::uint64_t id, int descriptor, bool answering) const;
    /// False: a signal has ended the wait, or the thread has ended.
    bool waits(std::uint64_t id) const;

private:
    Descriptor descriptor_;
};

/// A descriptor of the process to which this thread belongs, as one of the model's; empty: it has
/// none of that number.
Descriptor descriptor_of(pid_t thread, int number);
/// The memory of the process to which this thread belongs.
bool read_memory(pid_t thread, std::uint64_t at, std::span<std::byte> to);
bool write_memory(pid_t thread, std::uint64_t at, std::span<std::byte const> from);

} // namespace model::front
