#pragma once

// A Linux system call as its handler sees it, and the table of handlers.

#include "keep/shim/event/kernel.hpp"

namespace shim {

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
};

using Reply = base::Result<std::uint64_t>;
using Function = Reply(SystemCall const&); // what answers a system call

void answer_system_call(Kernel& kernel, Frame& frame);

namespace system_call {

// memory.cpp
Function mmap, munmap, mprotect, mremap, madvise, brk;

// process.cpp
Function arch_prctl, getrandom, uname, prlimit64, getrlimit, sysinfo, user_id, group_id, process_id,
    thread_id, nothing, exit_group, sched_getaffinity, getrusage, getcpu;

// signal.cpp
Function rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, kill, tkill, tgkill;

// time.cpp
Function clock_gettime, clock_getres, gettimeofday, time, nanosleep, clock_nanosleep, sched_yield;

// clone.cpp, futex.cpp
Function clone, exit, set_tid_address, set_robust_list, futex;

// transfer.cpp
Function read, write, readv, writev, pread64, pwrite64, preadv, pwritev;

// file.cpp, poll.cpp
Function close, lseek, ioctl, fcntl, dup, dup2, dup3, poll, ppoll;

// path.cpp
Function openat, openat2, open, readlink, readlinkat, getcwd, utimensat, getdents64, renameat,
    faccessat;

// stat.cpp
Function fstat, newfstatat, statx;

// socket.cpp
Function socket, accept, accept4, sendto, recvfrom, sendmsg, recvmsg, connect_or_bind, socket_name,
    setsockopt, getsockopt, pipe2;

// forward.cpp: by its row in protocol/hostcall/call.hpp
Function forward;

} // namespace system_call

} // namespace shim
