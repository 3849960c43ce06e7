#pragma once

// The system calls that the process of a running Keep has left, and for each what it may reach. The
// filter is made from this table, and so is the test that tries to get out by each of its rows.

#include <array>

#include <sys/syscall.h>

namespace host::vmm::kvm {

// How a call is held to what this process has already.
enum class Reach {
    // Descriptors, memory, threads and time of this process: there is nothing outside to name.
    Own,
    // Memory, where it does not lie below 4 GiB: what lies there (path_words.hpp) stays as it is.
    Memory,
    NoCode,     // the same, and none of it becomes executable
    NewMemory,  // the same, or wherever the kernel finds a place
    Thread,     // makes a thread of this process, which sees what all see
    OwnProcess, // the first argument is this process
    Itself,     // the first argument is zero: the thread that calls
    Commands,   // fcntl: those that look at a descriptor or change how it waits
    Requests,   // ioctl: KVM's that run and extend the machine, and a terminal's that tell
    Internet,   // makes a socket of the Internet: streams, and datagrams if the plan has these
    ToPeer,     // names no address, unless sockets are in the plan
    // A path, which openat2 resolves below a folder: its third argument is one of PathWords.
    Beneath,
    // The second argument is the empty path of PathWords (or null): acts on the descriptor.
    Descriptor,
    // A name, which Landlock holds to the folders: the first, the first and third, or the second
    // argument is a descriptor and not the folder in which this process was started.
    Name,
    TwoNames,
    NameSecond,
    // The kernel is said not to have it: the C library then takes a call that is on this list.
    NotThere,
};

enum class When {
    Always,
    Sockets,  // the plan has sockets
    Folders,  // a folder was handed in
    Writable, // one that is not read-only
};

struct Allowed {
    long number;
    Reach reach = Reach::Own;
    When when = When::Always;
};

// NOLINTBEGIN(modernize-use-designated-initializers): a table, one row a line
inline constexpr std::array allowed{
    Allowed{SYS_read},
    Allowed{SYS_write},
    Allowed{SYS_close},
    Allowed{SYS_fstat},
    Allowed{SYS_lseek},
    Allowed{SYS_brk},
    Allowed{SYS_rt_sigaction},
    Allowed{SYS_rt_sigprocmask},
    Allowed{SYS_rt_sigreturn},
    Allowed{SYS_pread64},
    Allowed{SYS_pwrite64},
    Allowed{SYS_readv},
    Allowed{SYS_writev},
    Allowed{SYS_preadv2},
    Allowed{SYS_pwritev2},
    Allowed{SYS_sched_yield},
    Allowed{SYS_getpid},
    Allowed{SYS_gettid},
    Allowed{SYS_exit},
    Allowed{SYS_exit_group},
    Allowed{SYS_fsync},
    Allowed{SYS_fdatasync},
    Allowed{SYS_ftruncate},
    Allowed{SYS_fallocate},
    Allowed{SYS_fadvise64},
    Allowed{SYS_getdents64},
    Allowed{SYS_ppoll},
    Allowed{SYS_poll},
    Allowed{SYS_pipe2},
    Allowed{SYS_eventfd2},
    Allowed{SYS_epoll_create1},
    Allowed{SYS_epoll_ctl},
    Allowed{SYS_epoll_pwait2},
    Allowed{SYS_timerfd_create},
    Allowed{SYS_timerfd_settime},
    Allowed{SYS_futex},
    Allowed{SYS_clock_nanosleep},
    Allowed{SYS_clock_gettime},
    Allowed{SYS_set_robust_list},
    Allowed{SYS_rseq},
    Allowed{SYS_restart_syscall},
    Allowed{SYS_sigaltstack},
    Allowed{SYS_getrandom},
    // Of sockets that were handed in, as standard streams, too.
    Allowed{SYS_accept4},
    Allowed{SYS_recvfrom},
    Allowed{SYS_getsockname},
    Allowed{SYS_getpeername},
    Allowed{SYS_shutdown},

    Allowed{SYS_munmap, Reach::Memory},
    Allowed{SYS_madvise, Reach::Memory},
    Allowed{SYS_mmap, Reach::NewMemory},
    Allowed{SYS_mprotect, Reach::NoCode},
    Allowed{SYS_clone, Reach::Thread},
    Allowed{SYS_clone3, Reach::NotThere},
    Allowed{SYS_tgkill, Reach::OwnProcess},
    Allowed{SYS_sched_getaffinity, Reach::Itself},
    Allowed{SYS_fcntl, Reach::Commands},
    Allowed{SYS_ioctl, Reach::Requests},

    Allowed{SYS_sendto, Reach::ToPeer},
    Allowed{SYS_socket, Reach::Internet, When::Sockets},
    Allowed{SYS_connect, Reach::Own, When::Sockets},
    Allowed{SYS_bind, Reach::Own, When::Sockets},
    Allowed{SYS_listen, Reach::Own, When::Sockets},
    Allowed{SYS_getsockopt, Reach::Own, When::Sockets},
    Allowed{SYS_setsockopt, Reach::Own, When::Sockets},

    Allowed{SYS_openat2, Reach::Beneath, When::Folders},
    Allowed{SYS_statx, Reach::Descriptor, When::Folders},
    Allowed{SYS_readlinkat, Reach::Descriptor, When::Folders},
    Allowed{SYS_faccessat2, Reach::Descriptor, When::Folders},
    Allowed{SYS_utimensat, Reach::Descriptor, When::Writable},
    Allowed{SYS_mkdirat, Reach::Name, When::Writable},
    Allowed{SYS_unlinkat, Reach::Name, When::Writable},
    Allowed{SYS_symlinkat, Reach::NameSecond, When::Writable},
    Allowed{SYS_linkat, Reach::TwoNames, When::Writable},
    Allowed{SYS_renameat2, Reach::TwoNames, When::Writable},
};
// NOLINTEND(modernize-use-designated-initializers)

} // namespace host::vmm::kvm
