// tee-model PROGRAM ARGUMENTS...: runs a program on a machine that has AMD's SEV-SNP, in software.
// Tests only.
#include "base/conditions.hpp"
#include "base/counts.hpp"
#include "base/descriptor.hpp"
#include "base/rules.hpp"
#include "firmware/platform.hpp"
#include "front/listener.hpp"
#include "front/serve.hpp"
#include "snp/hostile.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr char const* help = R"(tee-model PROGRAM [ARGUMENT...]

Runs PROGRAM, which may be any program, on a software model of a machine with AMD SEV-SNP: /dev/kvm and /dev/sev are the
model's, with the interface of Linux 7.3. For tests: the model proves nothing about a processor, and its evidence is signed by
keys that anybody can have.

The program is exec'd by this process: signals and the exit status are its own.
  --make-keys FOLDER       makes the model's ARK, ASK and VCEK, with certificates
  --mutants                lists the rules that TEE_MODEL_MUTANT may break
  TEE_MODEL_LOG=1          each call and each exit is told on stderr
  TEE_MODEL_HOST=LIST      what the machine is short of (test/model/README.md, as the others)
  TEE_MODEL_HOSTILE=LIST   lies of its host; TEE_MODEL_CONTROL=FILE adds more while it runs
  TEE_MODEL_VIEW=FILE      gets all that the host can see of its guests
  TEE_MODEL_COUNTS=FILE    what the run cost, in pages, exits and messages (base/counts.hpp)
  TEE_MODEL_MUTANT=NAME    breaks one rule of the model
The program itself sees none of these variables.
)";

// The descriptor of a listener that the other process has opened.
model::Descriptor take_listener(int socket) {
    int number = -1;
    pid_t other = 0;
    if (::read(socket, &number, sizeof number) != sizeof number ||
        ::read(socket, &other, sizeof other) != sizeof other)
        return {};
    model::Descriptor const process{static_cast<int>(::syscall(SYS_pidfd_open, other, 0))};
    return model::Descriptor{
        static_cast<int>(::syscall(SYS_pidfd_getfd, process.number(), number, 0))
    };
}

// The model's process: no child of the target, so that the target's wait() finds its own alone.
[[noreturn]] void be_the_model(int socket) {
    ::setsid(); // a terminal's signals are the target's
    ::prctl(PR_SET_NAME, "tee-model");
    bool const told = ::fcntl(STDERR_FILENO, F_GETFD) >= 0;
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        ::dup2(null, STDIN_FILENO);
        ::dup2(null, STDOUT_FILENO);
        if (!told) ::dup2(null, STDERR_FILENO);
    }
    model::front::Listener listener{take_listener(socket)};
    if (listener.number() < 0) {
        std::fprintf(
            stderr, "tee-model: the listener could not be taken over: %s\n", std::strerror(errno)
        );
        std::_Exit(125);
    }
    char const go = 'g';
    if (::write(socket, &go, 1) != 1) std::_Exit(125);
    ::close(socket);
    model::front::serve(listener);
    model::write_counts();
    std::_Exit(0);
}

int be_the_target(int socket, char** program) {
    pid_t model = 0;
    if (::read(socket, &model, sizeof model) != sizeof model) return 125;
    ::prctl(PR_SET_PTRACER, model, 0, 0, 0); // it maps memory in here
    int const listener = model::front::Listener::install();
    if (listener < 0) {
        std::fprintf(
            stderr,
            "tee-model: this kernel has no notifications of seccomp: %s\n",
            std::strerror(errno)
        );
        return 125;
    }
    pid_t const self = ::getpid();
    char go = 0;
    if (::write(socket, &listener, sizeof listener) != sizeof listener ||
        ::write(socket, &self, sizeof self) != sizeof self || ::read(socket, &go, 1) != 1)
        return 125;
    ::close(listener);
    ::close(socket);
    for (auto const* const own :
         {"TEE_MODEL_LOG",
          "TEE_MODEL_HOST",
          "TEE_MODEL_HOSTILE",
          "TEE_MODEL_CONTROL",
          "TEE_MODEL_VIEW",
          "TEE_MODEL_COUNTS",
          "TEE_MODEL_MUTANT"})
        ::unsetenv(own);
    ::execvp(program[0], program);
    std::fprintf(stderr, "tee-model: %s: %s\n", program[0], std::strerror(errno));
    return errno == ENOENT ? 127 : 126;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2 || std::string_view{argv[1]} == "--help") {
        std::fputs(help, argc < 2 ? stderr : stdout);
        return argc < 2 ? 125 : 0;
    }
    if (argc == 3 && std::string_view{argv[1]} == "--make-keys")
        return model::firmware::Platform::make_keys(argv[2]) ? 0 : 1;
    if (std::string_view{argv[1]} == "--mutants") {
        for (auto const name : model::rule_names) std::puts(name.data());
        return 0;
    }
    // What is not understood ends here, before anything has begun.
    static_cast<void>(model::Conditions::own());
    static_cast<void>(model::snp::Hostile::own());
    std::array<int, 2> sockets{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) return 125;
    for (auto& one : sockets) {
        // Who calls may have closed the standard streams, and the target is to find them so.
        int const above = ::fcntl(one, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        ::close(one);
        one = above;
    }
    pid_t const middle = ::fork();
    if (middle < 0) return 125;
    if (middle == 0) {
        pid_t const model = ::fork();
        if (model == 0) {
            ::close(sockets[0]);
            be_the_model(sockets[1]);
        }
        bool const told = model > 0 && ::write(sockets[1], &model, sizeof model) == sizeof model;
        std::_Exit(told ? 0 : 125);
    }
    ::waitpid(middle, nullptr, 0);
    ::close(sockets[1]);
    return be_the_target(sockets[0], &argv[1]);
}
