// System calls that a stopped thread of the target is made to do, by ptrace.
#pragma once
#include <array>
#include <cstdint>

#include <sys/types.h>

namespace model::front {

/// The thread waits in a system call whose answer the model owes; while this object lives it is the
/// model's to use.
class BorrowedThread {
public:
    explicit BorrowedThread(pid_t thread);
    BorrowedThread(BorrowedThread const&) = delete;
    BorrowedThread& operator=(BorrowedThread const&) = delete;
    /// Gives it back; the call that it waited in returns `outcome`. Nothing else may answer that
    /// call.
    ~BorrowedThread();

    explicit operator bool() const { return taken_; }
    /// -errno or a value.
    long call(long number, std::array<std::uint64_t, 6> const& arguments);
    void returns(long outcome) { outcome_ = outcome; }

private:
    pid_t thread_;
    bool taken_ = false;
    long outcome_ = 0;
    std::array<std::uint64_t, 40> registers_{}; // user_regs_struct
};

} // namespace model::front
