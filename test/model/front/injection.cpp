// See injection.hpp.
#include "front/injection.hpp"

#include <cstring>

#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

namespace model::front {

static_assert(sizeof(user_regs_struct) <= sizeof(std::array<std::uint64_t, 40>));

namespace {

constexpr std::uint64_t syscall_size = 2; // the instruction's

user_regs_struct as_registers(std::array<std::uint64_t, 40> const& from) {
    user_regs_struct result{};
    std::memcpy(&result, from.data(), sizeof result);
    return result;
}

} // namespace

BorrowedThread::BorrowedThread(pid_t thread) : thread_{thread} {
    if (::ptrace(PTRACE_SEIZE, thread, nullptr, PTRACE_O_TRACESYSGOOD) != 0) return;
    // The interrupt ends the wait in the notification; the call will be answered by registers.
    ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
    int status = 0;
    if (::waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status)) return;
    user_regs_struct saved{};
    if (::ptrace(PTRACE_GETREGS, thread, nullptr, &saved) != 0) return;
    std::memcpy(registers_.data(), &saved, sizeof saved);
    taken_ = true;
}

BorrowedThread::~BorrowedThread() {
    if (!taken_) return;
    auto registers = as_registers(registers_);
    registers.rax = static_cast<unsigned long long>(outcome_);
    registers.orig_rax = ~0ULL; // no restart
    ::ptrace(PTRACE_SETREGS, thread_, nullptr, &registers);
    ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
}

long BorrowedThread::call(long number, std::array<std::uint64_t, 6> const& arguments) {
    auto registers = as_registers(registers_);
    registers.rip -= syscall_size;
    registers.rax = static_cast<unsigned long long>(number);
    registers.orig_rax = ~0ULL;
    registers.rdi = arguments[0];
    registers.rsi = arguments[1];
    registers.rdx = arguments[2];
    registers.r10 = arguments[3];
    registers.r8 = arguments[4];
    registers.r9 = arguments[5];
    ::ptrace(PTRACE_SETREGS, thread_, nullptr, &registers);
    int status = 0;
    for (int stops = 0; stops < 2;) { // at the entry and at the end
        if (::ptrace(PTRACE_SYSCALL, thread_, nullptr, nullptr) != 0) return -1;
        if (::waitpid(thread_, &status, __WALL) != thread_ || !WIFSTOPPED(status)) return -1;
        if (WSTOPSIG(status) == (SIGTRAP | 0x80)) ++stops;
    }
    ::ptrace(PTRACE_GETREGS, thread_, nullptr, &registers);
    return static_cast<long>(registers.rax);
}

} // namespace model::front
