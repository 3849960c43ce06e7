// See listener.hpp.
#include "front/listener.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace model::front {

namespace {

// Of Linux 6.6; Debian 12's headers do not have it. Halves the way to the model and back.
constexpr unsigned long set_flags = _IOW('!', 4, std::uint64_t);
constexpr std::uint64_t wake_on_this_processor = 1;

constexpr std::uint32_t dont_need = 4; // MADV_DONTNEED

sock_filter statement(int code, std::uint32_t k) {
    return {.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = k};
}
sock_filter equal(std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
    return {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = yes, .jf = no, .k = k};
}
constexpr std::uint32_t low_word(unsigned argument) {
    return static_cast<std::uint32_t>(
        offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t)
    );
}

} // namespace

int Listener::install() {
    // openat and fallocate all; ioctl of types 0xAE (KVM) and 'S' (SEV); madvise that gives memory
    // back.
    std::array filter = {
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        equal(SYS_openat, 10, 0),
        equal(SYS_fallocate, 9, 0),
        equal(SYS_ioctl, 3, 0),
        equal(SYS_madvise, 0, 6),
        statement(BPF_LD | BPF_W | BPF_ABS, low_word(2)),
        equal(dont_need, 5, 4),
        statement(BPF_LD | BPF_W | BPF_ABS, low_word(1)),
        statement(BPF_ALU | BPF_AND | BPF_K, 0xff00),
        equal(0xae00, 2, 0),
        equal('S' << 8, 1, 0),
        statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        statement(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    };
    sock_fprog const program{.len = filter.size(), .filter = filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    return static_cast<int>(
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)
    );
}

Listener::Listener(Descriptor descriptor) : descriptor_{std::move(descriptor)} {
    ::ioctl(
        descriptor_.number(), set_flags, wake_on_this_processor
    ); // older kernels are slower, no more
}

std::optional<Call> Listener::receive() const {
    seccomp_notif notice{};
    if (::ioctl(descriptor_.number(), SECCOMP_IOCTL_NOTIF_RECV, &notice) != 0) return std::nullopt;
    Call call{.id = notice.id, .thread = static_cast<pid_t>(notice.pid), .number = notice.data.nr};
    std::ranges::copy(notice.data.args, call.arguments.begin());
    return call;
}

bool Listener::tell(std::uint64_t id, long outcome) const {
    seccomp_notif_resp answer{
        .id = id,
        .val = outcome < 0 ? 0 : outcome,
        .error = outcome < 0 ? static_cast<int>(outcome) : 0,
        .flags = 0
    };
    return ::ioctl(descriptor_.number(), SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0; // else ENOENT
}

void Listener::let_pass(std::uint64_t id) const {
    seccomp_notif_resp answer{
        .id = id, .val = 0, .error = 0, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
    };
    ::ioctl(descriptor_.number(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

int Listener::give(std::uint64_t id, int descriptor, bool answering) const {
    seccomp_notif_addfd const gift{
        .id = id,
        .flags = answering ? static_cast<std::uint32_t>(SECCOMP_ADDFD_FLAG_SEND) : 0,
        .srcfd = static_cast<std::uint32_t>(descriptor),
        .newfd = 0,
        .newfd_flags = O_CLOEXEC
    };
    int const number = ::ioctl(descriptor_.number(), SECCOMP_IOCTL_NOTIF_ADDFD, &gift);
    return number < 0 ? -errno : number;
}

bool Listener::waits(std::uint64_t id) const {
    return ::ioctl(descriptor_.number(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

Descriptor descriptor_of(pid_t thread, int number) {
    // A process is named by its first thread.
    std::ifstream status{"/proc/" + std::to_string(thread) + "/status"};
    pid_t process = 0;
    for (std::string line; process == 0 && std::getline(status, line);)
        if (line.starts_with("Tgid:"))
            process = static_cast<pid_t>(std::strtol(line.c_str() + 5, nullptr, 10));
    Descriptor const named{static_cast<int>(::syscall(SYS_pidfd_open, process, 0))};
    return Descriptor{static_cast<int>(::syscall(SYS_pidfd_getfd, named.number(), number, 0))};
}

bool read_memory(pid_t thread, std::uint64_t at, std::span<std::byte> to) {
    iovec const local{.iov_base = to.data(), .iov_len = to.size()};
    iovec const remote{
        .iov_base = reinterpret_cast<void*>(at), .iov_len = to.size()
    }; // Safety: an address of the target
    return ::process_vm_readv(thread, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(to.size());
}

bool write_memory(pid_t thread, std::uint64_t at, std::span<std::byte const> from) {
    iovec const local{
        .iov_base = const_cast<std::byte*>(from.data()), .iov_len = from.size()
    }; // the call only reads it
    iovec const remote{
        .iov_base = reinterpret_cast<void*>(at), .iov_len = from.size()
    }; // Safety: as above
    return ::process_vm_writev(thread, &local, 1, &remote, 1, 0) ==
           static_cast<ssize_t>(from.size());
}

} // namespace model::front
