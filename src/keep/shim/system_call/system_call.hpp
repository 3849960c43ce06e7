#pragma once

// A Linux system call as its handler sees it, and the table of handlers.

#include "keep/shim/event/kernel.hpp"

namespace shim {

struct SystemCall {
    Kernel& kernel;
    Thread& thread;
    Frame& frame;

    // The arguments, 0 to 5 (System V ABI, appendix A.2).
    std::uint64_t operator[](unsigned i) const {
        std::uint64_t const values[]{
            frame.rdi, frame.rsi, frame.rdx, frame.r10, frame.r8, frame.r9
        };
        return values[i];
    }
    std::int32_t word(unsigned i) const { return static_cast<std::int32_t>((*this)[i]); }
};

using Reply = base::Result<std::uint64_t>;
using Handler = Reply (*)(SystemCall const&);

void answer_system_call(Kernel& kernel, Frame& frame);

namespace system_call {

// memory.cpp
Reply mmap(SystemCall const&);
Reply munmap(SystemCall const&);
Reply mprotect(SystemCall const&);
Reply mremap(SystemCall const&);
Reply madvise(SystemCall const&);
Reply brk(SystemCall const&);

// process.cpp
Reply arch_prctl(SystemCall const&);
Reply getrandom(SystemCall const&);
Reply uname(SystemCall const&);
Reply prlimit64(SystemCall const&);
Reply getrlimit(SystemCall const&);
Reply sysinfo(SystemCall const&);
Reply user_id(SystemCall const&);
Reply group_id(SystemCall const&);
Reply process_id(SystemCall const&);
Reply thread_id(SystemCall const&);
Reply nothing(SystemCall const&);
Reply exit_group(SystemCall const&);
Reply sched_getaffinity(SystemCall const&);
Reply getrusage(SystemCall const&);
Reply getcpu(SystemCall const&);

// signal.cpp
Reply rt_sigaction(SystemCall const&);
Reply rt_sigprocmask(SystemCall const&);
Reply rt_sigreturn(SystemCall const&);
Reply sigaltstack(SystemCall const&);
Reply kill(SystemCall const&);
Reply tkill(SystemCall const&);
Reply tgkill(SystemCall const&);

// time.cpp
Reply clock_gettime(SystemCall const&);
Reply clock_getres(SystemCall const&);
Reply gettimeofday(SystemCall const&);
Reply time(SystemCall const&);
Reply nanosleep(SystemCall const&);
Reply clock_nanosleep(SystemCall const&);
Reply sched_yield(SystemCall const&);

// clone.cpp, futex.cpp
Reply clone(SystemCall const&);
Reply exit(SystemCall const&);
Reply set_tid_address(SystemCall const&);
Reply set_robust_list(SystemCall const&);
Reply futex(SystemCall const&);

// transfer.cpp
Reply read(SystemCall const&);
Reply write(SystemCall const&);
Reply readv(SystemCall const&);
Reply writev(SystemCall const&);
Reply pread64(SystemCall const&);
Reply pwrite64(SystemCall const&);
Reply preadv(SystemCall const&);
Reply pwritev(SystemCall const&);

// file.cpp, poll.cpp, forward.cpp
Reply close(SystemCall const&);
Reply fstat(SystemCall const&);
Reply lseek(SystemCall const&);
Reply ioctl(SystemCall const&);
Reply fcntl(SystemCall const&);
Reply dup(SystemCall const&);
Reply dup2(SystemCall const&);
Reply dup3(SystemCall const&);
Reply poll(SystemCall const&);
Reply ppoll(SystemCall const&);
Reply forward(SystemCall const&); // by its row in protocol/hostcall/call.hpp

// path.cpp
Reply openat(SystemCall const&);
Reply openat2(SystemCall const&);
Reply open(SystemCall const&);
Reply newfstatat(SystemCall const&);
Reply statx(SystemCall const&);
Reply readlink(SystemCall const&);
Reply readlinkat(SystemCall const&);
Reply getcwd(SystemCall const&);
Reply utimensat(SystemCall const&);
Reply getdents64(SystemCall const&);
Reply renameat(SystemCall const&);
Reply faccessat(SystemCall const&);

// socket.cpp
Reply socket(SystemCall const&);
Reply accept(SystemCall const&);
Reply accept4(SystemCall const&);
Reply sendto(SystemCall const&);
Reply recvfrom(SystemCall const&);
Reply sendmsg(SystemCall const&);
Reply recvmsg(SystemCall const&);
Reply connect_or_bind(SystemCall const&);
Reply socket_name(SystemCall const&);
Reply setsockopt(SystemCall const&);
Reply getsockopt(SystemCall const&);
Reply pipe2(SystemCall const&);

} // namespace system_call

} // namespace shim
