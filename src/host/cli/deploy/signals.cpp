#include "host/cli/deploy/signals.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace host::cli {

namespace {

constexpr int of_a_signal = 128;

} // namespace

os::OrFailure<Signals> Signals::taken() {
    sigset_t set{};
    sigemptyset(&set);
    for (int const each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, each);
    ::signal(SIGPIPE, SIG_IGN);                  // told by the write
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr); // of all threads that come
    os::Fd descriptor{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!descriptor)
        return failure("internal", "signals: " + std::string{os::description(os::last_error())});
    return Signals{std::move(descriptor)};
}

int Signals::next() const {
    signalfd_siginfo info{};
    auto const got = ::read(number(), &info, sizeof info);
    return got == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

[[noreturn]] void die_by(int signal) {
    ::signal(signal, SIG_DFL);
    sigset_t set{};
    sigemptyset(&set);
    sigaddset(&set, signal);
    ::raise(signal);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::_exit(of_a_signal + signal);
}

} // namespace host::cli
