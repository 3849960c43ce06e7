#include "host/vmm/backend/kvm/confinement.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "os/check.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <asm/termbits.h>
#include <linux/audit.h>
#include <linux/filter.h>
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
    static_cast<unsigned long>(KVM_SET_REGS),
    static_cast<unsigned long>(KVM_SET_SREGS),
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

constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t not_there = SECCOMP_RET_ERRNO | ENOSYS;

constexpr std::uint32_t argument(unsigned index) {
    return offsetof(seccomp_data, args) + (index * sizeof(std::uint64_t)); // the lower half
}

class Filter {
public:
    void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action); }

    // If the loaded word is `value`: this answer.
    void if_is(std::uint32_t value, std::uint32_t action) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
        answer(action);
    }
    // If the loaded word is not `value`: this answer.
    void if_is_not(std::uint32_t value, std::uint32_t action) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
        answer(action);
    }
    // If the loaded word has a bit of `bits`: `with`, else `without`.
    void by_bits(std::uint32_t bits, std::uint32_t with, std::uint32_t without) {
        add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
        answer(with);
        answer(without);
    }
    void allow_each(std::span<unsigned long const> values) {
        for (auto const value : values) if_is(static_cast<std::uint32_t>(value), allow);
    }
    // The `rest` is for this system call alone; the number is loaded before and after.
    template <class Rest> void only_for(long number, Rest rest) {
        auto const jump = code_.size();
        add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number));
        rest();
        code_[jump].jf = static_cast<std::uint8_t>(code_.size() - jump - 1);
    }

    std::span<sock_filter> code() { return code_; }

private:
    void add(std::uint32_t code, std::uint32_t value, std::uint8_t yes = 0, std::uint8_t no = 0) {
        code_.push_back({static_cast<std::uint16_t>(code), yes, no, value});
    }

    std::vector<sock_filter> code_;
};

Filter filter(Needs const& needs) {
    Filter filter;
    filter.load(offsetof(seccomp_data, arch));
    filter.if_is_not(AUDIT_ARCH_X86_64, refuse);
    filter.load(offsetof(seccomp_data, nr));
    filter.only_for(SYS_ioctl, [&] {
        filter.load(argument(1));
        filter.allow_each(controls);
        if (needs.memory == MemoryKind::Sealed)
            filter.allow_each(to_grow_sealed);
        else
            filter.allow_each(to_grow_plain);
        filter.answer(refuse);
    });
    for (auto const number : {SYS_mmap, SYS_mprotect})
        filter.only_for(number, [&] {
            filter.load(argument(2));
            filter.by_bits(PROT_EXEC, refuse, allow);
        });
    // Threads only. The arguments of clone3 cannot be seen: the C library then takes clone.
    filter.if_is(SYS_clone3, not_there);
    filter.only_for(SYS_clone, [&] {
        filter.load(argument(0));
        filter.by_bits(CLONE_THREAD, allow, refuse);
    });
    for (auto const number : always) filter.if_is(static_cast<std::uint32_t>(number), allow);
    for (auto const number : on_sockets) filter.if_is(static_cast<std::uint32_t>(number), allow);
    if (needs.sockets)
        for (auto const number : for_sockets)
            filter.if_is(static_cast<std::uint32_t>(number), allow);
    filter.answer(refuse);
    return filter;
}

} // namespace

base::Result<void> confine(Needs const& needs) {
    auto made = filter(needs);
    sock_fprog const program{
        .len = static_cast<unsigned short>(made.code().size()), .filter = made.code().data()
    };
    TRY(os::done(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
    return os::done(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

} // namespace host::vmm::kvm
