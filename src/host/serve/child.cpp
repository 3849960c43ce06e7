#include "host/serve/child.hpp"

#include "os/check.hpp"

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace host::serve {

namespace {

struct Pipe {
    os::Fd read;
    os::Fd write;
};

base::Result<Pipe> make_pipe(int flags) {
    std::array<int, 2> ends{};
    TRY(os::done(::pipe2(ends.data(), O_CLOEXEC | flags)));
    return Pipe{os::Fd{ends[0]}, os::Fd{ends[1]}};
}

std::vector<char*> pointers(std::vector<std::string> const& words) {
    std::vector<char*> out;
    for (auto const& word : words) out.push_back(const_cast<char*>(word.c_str()));
    out.push_back(nullptr);
    return out;
}

// What the new process needs, all of it made before fork(): behind it, in a process that may have
// had threads, nothing may allocate.
struct Plan {
    char const* program;
    char* const* words;
    char* const* environment;
    int input;
    int messages;
    int error;
    pid_t parent;
    bool outlives;
};

[[noreturn]] void become(Plan const& plan) {
    auto const tell = [&] {
        int const error = errno;
        (void)!::write(plan.error, &error, sizeof error);
        ::_exit(1);
    };
    sigset_t none{};
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (::setpgid(0, 0) != 0) tell();
    if (!plan.outlives && ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) tell();
    if (::getppid() != plan.parent) ::_exit(1); // who started us went before that held
    if (::dup2(plan.input, STDIN_FILENO) < 0) tell();
    if (::dup2(plan.messages, STDOUT_FILENO) < 0) tell();
    if (::dup2(plan.messages, STDERR_FILENO) < 0) tell();
    if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) tell();
    ::execve(plan.program, plan.words, plan.environment);
    tell();
    ::_exit(1);
}

} // namespace

base::Result<Child> start_child(ChildOrder const& order) {
    auto const words = pointers(order.words);
    auto const environment = pointers(order.environment);
    auto const null = TRY(os::check_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    auto messages = TRY(make_pipe(0));
    TRY(os::done(::fcntl(messages.read.number(), F_SETFL, O_NONBLOCK)));
    auto error = TRY(make_pipe(0));
    Plan const plan{
        .program = order.program.c_str(),
        .words = words.data(),
        .environment = environment.data(),
        .input = order.input < 0 ? null.number() : order.input,
        .messages = messages.write.number(),
        .error = error.write.number(),
        .parent = ::getpid(),
        .outlives = order.outlives,
    };
    auto const process = TRY(os::check(::fork()));
    if (process == 0) become(plan);
    error.write = os::Fd{};
    int why = 0;
    auto const told = os::retry([&] { return ::read(error.read.number(), &why, sizeof why); });
    auto watch = os::check_fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    if (told == 0 && watch) return Child{process, std::move(*watch), std::move(messages.read)};
    auto const failed = told == 0 ? watch.error() : base::Errno{why};
    ::kill(process, SIGKILL);
    (void)os::retry([&] { return ::waitpid(process, nullptr, 0); });
    return std::unexpected(failed);
}

void send_signal(Child const& child, int signal) { ::kill(-child.process, signal); }

base::Result<ChildEnd> reap(Child const& child) {
    siginfo_t information{};
    auto const id = static_cast<id_t>(child.process);
    // Not taken away yet: until then nobody else gets its number, or its group's.
    TRY(os::done(::waitid(P_PID, id, &information, WEXITED | WNOWAIT)));
    send_signal(child, SIGKILL);
    TRY(os::done(::waitid(P_PID, id, &information, WEXITED)));
    return ChildEnd{
        .by_signal = information.si_code != CLD_EXITED, .number = information.si_status
    };
}

std::vector<std::string> plain_environment() {
    std::vector<std::string> out;
    for (char const* const name :
         {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TZ"})
        if (auto const* const value = std::getenv(name); value != nullptr)
            out.push_back(std::string{name} + '=' + value);
    return out;
}

} // namespace host::serve
