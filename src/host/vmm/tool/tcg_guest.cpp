#include "host/vmm/tool/tcg_guest.hpp"

#include <array>
#include <csignal>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tcg {

namespace launch = protocol::launch;

bool Guest::make_memory() {
    file_ = os::Fd{::memfd_create("keep", 0)};
    if (!file_ || ::ftruncate(file_.number(), ram_size) != 0) return false;
    void* const at =
        ::mmap(nullptr, ram_size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.number(), 0);
    if (at == MAP_FAILED) return false;
    ram_ = {static_cast<std::byte*>(at), ram_size};
    return true;
}

void Guest::start(std::string const& shim, unsigned cpus) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    test_protocol_ = os::Fd{ends[0]};
    os::Fd const other{ends[1]};
    std::vector<std::string> words{
        "qemu-system-x86_64",
        "-accel",
        "tcg",
        "-machine",
        "microvm,pit=off,pic=off,rtc=off,isa-serial=off,memory-backend=ram",
        "-cpu",
        "max",
        "-smp",
        std::to_string(cpus),
        "-m",
        fmt::format("{}M", ram_size >> 20),
        "-object",
        fmt::format(
            "memory-backend-file,id=ram,size={}M,share=on,mem-path=/proc/{}/fd/{}",
            ram_size >> 20,
            ::getpid(),
            file_.number()
        ),
        "-kernel",
        shim,
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot"
    };
    if (cpus > 1)
        words.insert(
            words.end(),
            {"-chardev",
             fmt::format("socket,id=test,fd={}", other.number()),
             "-object",
             "qtest,id=protocol,chardev=test,log=/dev/null"}
        );
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    qemu_ = ::fork();
    if (qemu_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::fcntl(other.number(), F_SETFD, 0);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(cannot);
}

bool Guest::ended() {
    if (qemu_ <= 0 || ::waitpid(qemu_, nullptr, WNOHANG) != qemu_) return false;
    qemu_ = -1;
    return true;
}

void Guest::kill() {
    if (qemu_ <= 0) return;
    ::kill(qemu_, SIGKILL);
    ::waitpid(qemu_, nullptr, 0);
    qemu_ = -1;
}

void Guest::begin(unsigned cpu, std::uint64_t root) {
    auto const at = ram_.subspan(launch::tcg_roots_address + (cpu * sizeof root), sizeof root);
    // Safety: aligned, and the vCPU that waits for it reads it whole.
    __atomic_store_n(reinterpret_cast<std::uint64_t*>(at.data()), root, __ATOMIC_RELEASE);
}

void Guest::kick(unsigned cpu) {
    // Intel SDM volume 3, 12.11: a message-signalled interrupt for that APIC.
    auto const command =
        fmt::format("writel {:#x} {:#x}\n", 0xfee0'0000U | cpu << 12, launch::kick_vector);
    std::scoped_lock const lock{mutex_};
    std::array<char, 64> answer{};
    auto const asked = ::write(test_protocol_.number(), command.data(), command.size());
    // The lock holds one question and its answer together.
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection)
    if (asked > 0) static_cast<void>(::read(test_protocol_.number(), answer.data(), answer.size()));
}

} // namespace tcg
