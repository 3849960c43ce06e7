// What whoever gained control of the process of a Keep could still ask of the kernel.

#include "host/vmm/backend/kvm/confined_for_tests.hpp"
#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/snp/requests.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace host::vmm;
using kvm::Needs;

// By the filter alone, as where the kernel has no Landlock.
template <class Attempt> int error_of(Needs const& needs, Attempt attempt) {
    return kvm::error_in_there(needs, 0, attempt);
}

int control_of(Needs const& needs, unsigned long request) {
    // A file that knows none of KVM's requests answers ENOTTY where the filter lets them through.
    os::Fd const file{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    return error_of(needs, [&] { return ::ioctl(file.number(), request, 0UL); });
}

TEST(Confinement, LetsNobodyReadAVcpusRegisters) {
    for (auto const request :
         {KVM_GET_REGS,
          KVM_GET_SREGS,
          KVM_GET_FPU,
          KVM_GET_MSRS,
          static_cast<unsigned long>(KVM_NMI)})
        EXPECT_EQ(control_of({}, request), EPERM) << request;
    EXPECT_EQ(control_of({}, KVM_RUN), ENOTTY);
    EXPECT_EQ(control_of({}, KVM_INTERRUPT), ENOTTY); // the kick of a vCPU (adr 14)
}

TEST(Confinement, LetsAKeepStartAThread) {
    for (auto const request :
         {static_cast<unsigned long>(KVM_CREATE_VCPU),
          static_cast<unsigned long>(KVM_SET_MP_STATE),
          static_cast<unsigned long>(KVM_SET_XCRS),
          kvm::set_cpuid2})
        EXPECT_EQ(control_of({}, request), ENOTTY) << request;
}

TEST(Confinement, LetsAKeepGrowOnlyAsItIs) {
    Needs const plain{.requests = kvm::requests_of_plain};
    Needs const sealed{.requests = kvm::requests_of_sealed};
    EXPECT_EQ(control_of(plain, KVM_SET_USER_MEMORY_REGION), ENOTTY);
    EXPECT_EQ(control_of(plain, kvm::set_memory_region2), EPERM);
    EXPECT_EQ(control_of(plain, kvm::create_guest_memory), EPERM);
    EXPECT_EQ(control_of(sealed, KVM_SET_USER_MEMORY_REGION), EPERM);
    EXPECT_EQ(control_of(sealed, kvm::set_memory_region2), ENOTTY);
    EXPECT_EQ(control_of(sealed, kvm::create_guest_memory), ENOTTY);
}

// Its vCPUs, its memory and its launch are what was measured.
TEST(Confinement, LetsAnSnpKeepAddNothingToItsMachine) {
    Needs const launched{.requests = snp::requests_while_running};
    for (auto const request :
         {static_cast<unsigned long>(KVM_CREATE_VCPU),
          static_cast<unsigned long>(KVM_SET_USER_MEMORY_REGION),
          static_cast<unsigned long>(KVM_SET_XCRS),
          kvm::set_cpuid2,
          kvm::set_msrs,
          kvm::set_memory_region2,
          kvm::create_guest_memory,
          snp::memory_encrypt,
          snp::pre_fault_memory,
          static_cast<unsigned long>(KVM_GET_REGS)})
        EXPECT_EQ(control_of(launched, request), EPERM) << request;
    for (auto const request :
         {static_cast<unsigned long>(KVM_RUN),
          static_cast<unsigned long>(KVM_INTERRUPT),
          snp::set_memory_attributes})
        EXPECT_EQ(control_of(launched, request), ENOTTY) << request;
}

TEST(Confinement, StartsNoProgramAndNoProcess) {
    EXPECT_EQ(
        error_of(
            {},
            [] {
                char* none[] = {nullptr}; // NOLINT(*-avoid-c-arrays): what execve takes
                return ::execve("/bin/true", none, none);
            }
        ),
        EPERM
    );
    EXPECT_EQ(
        error_of({}, [] { return ::fork(); }), EPERM
    ); // which is a clone(2) in today's libraries
    EXPECT_EQ(error_of({}, [] { return ::syscall(SYS_fork); }), EPERM);
    EXPECT_EQ(error_of({}, [] { return ::syscall(SYS_ptrace, 0, 0, 0, 0); }), EPERM);
    auto const clone = [](unsigned flags) {
        return [flags] { return ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0); };
    };
    // Without memory in common it is no thread: the kernel's own answer, behind the filter's.
    EXPECT_EQ(error_of({}, clone(CLONE_THREAD)), EINVAL);
    EXPECT_EQ(error_of({}, clone(CLONE_THREAD | CLONE_NEWNS)), EPERM);
    EXPECT_EQ(error_of({}, clone(SIGCHLD)), EPERM);
}

TEST(Confinement, SendsSignalsToItselfOnly) {
    auto const other = ::getpid();
    EXPECT_EQ(error_of({}, [&] { return ::syscall(SYS_tgkill, other, other, 0); }), EPERM);
    EXPECT_EQ(error_of({}, [&] { return ::syscall(SYS_tkill, other, 0); }), EPERM);
    EXPECT_EQ(error_of({}, [&] { return ::kill(other, 0); }), EPERM);
    EXPECT_EQ(
        error_of({}, [] { return ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), 0); }), 0
    );
    EXPECT_EQ(error_of({}, [] { return ::fcntl(0, F_GETFL) < 0 ? -1 : 0; }), 0);
    for (int const command : {F_SETOWN, F_SETSIG, F_SETLEASE, F_NOTIFY, F_DUPFD, F_ADD_SEALS})
        EXPECT_EQ(error_of({}, [&] { return ::fcntl(0, command, other); }), EPERM) << command;
}

TEST(Confinement, SpeaksToNobodyThatTheConfigurationDidNotNeed) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "/nowhere"};
    auto const* const to = reinterpret_cast<sockaddr const*>(&address);
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    os::Fd const one{ends[0]};
    os::Fd const other{ends[1]};
    auto const send = [&](sockaddr const* peer) {
        return error_of({}, [&] {
            return ::sendto(one.number(), "x", 1, 0, peer, peer ? sizeof address : 0) < 0 ? -1 : 0;
        });
    };
    EXPECT_EQ(send(nullptr), 0);
    EXPECT_EQ(send(to), EPERM);
    EXPECT_EQ(error_of({}, [&] { return ::connect(one.number(), to, sizeof address); }), EPERM);
    Needs const sockets{.sockets = true};
    EXPECT_EQ(error_of(sockets, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }), EPERM);
    EXPECT_EQ(error_of(sockets, [] { return ::socket(AF_NETLINK, SOCK_RAW, 0); }), EPERM);
}

TEST(Confinement, MakesNoCodeExecutable) {
    auto const page = [](int rights) {
        return ::mmap(nullptr, 4096, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
                                                                                               : 0;
    };
    EXPECT_EQ(error_of({}, [&] { return page(PROT_READ | PROT_WRITE); }), 0);
    EXPECT_EQ(error_of({}, [&] { return page(PROT_READ | PROT_EXEC); }), EPERM);
    EXPECT_EQ(
        error_of(
            {},
            [] {
                auto* const at =
                    ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return ::mprotect(at, 4096, PROT_READ | PROT_EXEC);
            }
        ),
        EPERM
    );
}

TEST(Confinement, WatchesDescriptorsForTheProgram) {
    EXPECT_EQ(error_of({}, [] { return ::eventfd(0, EFD_NONBLOCK); }), 0);
    EXPECT_EQ(error_of({}, [] { return ::epoll_create1(EPOLL_CLOEXEC); }), 0);
    EXPECT_EQ(error_of({}, [] { return ::epoll_ctl(-1, EPOLL_CTL_DEL, -1, nullptr); }), EBADF);
    epoll_event event{};
    EXPECT_EQ(error_of({}, [&] { return ::epoll_pwait2(-1, &event, 1, nullptr, nullptr); }), EBADF);
    EXPECT_EQ(error_of({}, [] { return ::syscall(SYS_signalfd4, -1, nullptr, 8, 0); }), EPERM);
    EXPECT_EQ(error_of({}, [] { return ::syscall(SYS_inotify_init1, 0); }), EPERM);
    EXPECT_EQ(error_of({}, [] { return ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC); }), 0);
    EXPECT_EQ(error_of({}, [] { return ::timerfd_settime(-1, 0, nullptr, nullptr); }), EFAULT);
}

TEST(Confinement, MakesNoSocketThatTheConfigurationDidNotNeed) {
    auto const make_socket = [] { return ::socket(AF_INET, SOCK_STREAM, 0); };
    EXPECT_EQ(error_of({}, make_socket), EPERM);
    EXPECT_EQ(error_of({.sockets = true}, make_socket), 0);
    auto const datagrams = [] { return ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0); };
    EXPECT_EQ(error_of({.sockets = true}, datagrams), EPERM);
    EXPECT_EQ(error_of({.sockets = true, .datagrams = true}, datagrams), 0);
    // An administrator's process, too, makes none that goes below these.
    for (int const type : {SOCK_RAW, SOCK_SEQPACKET, SOCK_DCCP}) {
        auto const make = [&] { return ::socket(AF_INET, type | SOCK_CLOEXEC, IPPROTO_ICMP); };
        EXPECT_EQ(error_of({.sockets = true, .datagrams = true}, make), EPERM) << type;
    }
}

} // namespace
