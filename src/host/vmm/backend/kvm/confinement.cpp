#include "host/vmm/backend/kvm/confinement.hpp"

#include "host/vmm/backend/kvm/filter.hpp"
#include "host/vmm/backend/kvm/ioctl.hpp"
#include "os/check.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include <asm/termbits.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace host::vmm::kvm {

namespace {

// What the host-call server, the vCPU threads and the C library below them use.
constexpr std::array always{
    SYS_read,
    SYS_write,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_munmap,
    SYS_brk,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_pread64,
    SYS_pwrite64,
    SYS_readv,
    SYS_writev,
    SYS_preadv2,
    SYS_pwritev2,
    SYS_madvise,
    SYS_sched_yield,
    SYS_getpid,
    SYS_gettid,
    SYS_exit,
    SYS_exit_group,
    SYS_fcntl,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fadvise64,
    SYS_getdents64,
    SYS_mkdirat,
    SYS_newfstatat,
    SYS_unlinkat,
    SYS_linkat,
    SYS_symlinkat,
    SYS_readlinkat,
    SYS_utimensat,
    SYS_renameat,
    SYS_renameat2,
    SYS_statx,
    SYS_openat2,
    SYS_faccessat2,
    SYS_ppoll,
    SYS_poll,
    SYS_pipe2,
    SYS_eventfd2,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait2,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_futex,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_tgkill,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_restart_syscall,
    SYS_sched_getaffinity,
    SYS_sigaltstack,
    SYS_getrandom,
    SYS_dup,
};

constexpr std::array for_sockets{
    SYS_socket,
    SYS_bind,
    SYS_listen,
    SYS_getsockopt,
    SYS_setsockopt,
};

// On sockets that the Keep was given as standard streams, too.
constexpr std::array on_sockets{
    SYS_connect,
    SYS_accept4,
    SYS_sendto,
    SYS_recvfrom,
    SYS_getsockname,
    SYS_getpeername,
    SYS_shutdown,
};

constexpr std::array controls{
    static_cast<unsigned long>(KVM_RUN),
    // A new thread of the program gets a vCPU. None of these reads registers.
    static_cast<unsigned long>(KVM_CREATE_VCPU),
    static_cast<unsigned long>(KVM_SET_MP_STATE),
    static_cast<unsigned long>(KVM_SET_XCRS),
    set_cpuid2,
    set_msrs,
    0x541bUL, // FIONREAD
    0x5421UL, // FIONBIO
    0x5413UL, // TIOCGWINSZ
    static_cast<unsigned long>(TCGETS),
};

// More memory.
constexpr std::array to_grow_plain{static_cast<unsigned long>(KVM_SET_USER_MEMORY_REGION)};
constexpr std::array to_grow_sealed{set_memory_region2, create_guest_memory};

constexpr std::uint32_t argument(unsigned index) {
    return offsetof(seccomp_data, args) + (index * sizeof(std::uint64_t)); // the lower half
}

base::Result<std::vector<sock_filter>> filter(Needs const& needs) {
    Filter filter;
    auto const allow = filter.answer(SECCOMP_RET_ALLOW);
    auto const refuse = filter.answer(SECCOMP_RET_ERRNO | EPERM);
    auto const not_there = filter.answer(SECCOMP_RET_ERRNO | ENOSYS);

    filter.by_bits(PROT_EXEC, refuse, allow);
    auto const no_code = filter.load(argument(2));
    // Threads only. The arguments of clone3 cannot be seen: the C library then takes clone.
    filter.by_bits(CLONE_THREAD, allow, refuse);
    auto const only_threads = filter.load(argument(0));

    Cases requests{refuse};
    requests.add_each(controls, allow);
    if (needs.memory == MemoryKind::Sealed)
        requests.add_each(to_grow_sealed, allow);
    else
        requests.add_each(to_grow_plain, allow);
    filter.by_range(requests.ranges());
    auto const known_requests = filter.load(argument(1));

    Cases calls{refuse};
    calls.add_each(always, allow);
    calls.add_each(on_sockets, allow);
    if (needs.sockets) calls.add_each(for_sockets, allow);
    calls.add(SYS_ioctl, known_requests);
    calls.add(SYS_mmap, no_code);
    calls.add(SYS_mprotect, no_code);
    calls.add(SYS_clone, only_threads);
    calls.add(SYS_clone3, not_there);
    filter.by_range(calls.ranges());
    auto const by_number = filter.load(offsetof(seccomp_data, nr));
    filter.by_value(AUDIT_ARCH_X86_64, by_number, refuse);
    filter.load(offsetof(seccomp_data, arch));
    return filter.code();
}

} // namespace

base::Result<void> confine(Needs const& needs) {
    auto made = TRY(filter(needs));
    sock_fprog const program{
        .len = static_cast<unsigned short>(made.size()), .filter = made.data()
    };
    TRY(os::done(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
    return os::done(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

} // namespace host::vmm::kvm
