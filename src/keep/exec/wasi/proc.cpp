// How an application ends itself.

#include "keep/exec/wasi/functions.hpp"

#include <array>

#include <signal.h>

namespace exec::wasi {

namespace {

// A signal's native effect on a process that handles none. WebAssembly has no handlers, so there is
// no other.
enum class Effect : std::uint8_t { Ends, Nothing, Stops };

struct Signal {
    int native;
    Effect effect;
};

// In the order of wasi_snapshot_preview1, "signal".
constexpr std::array signals{
    Signal{0, Effect::Nothing}, // "none": only asks whether a signal could be sent
    Signal{SIGHUP, Effect::Ends},      Signal{SIGINT, Effect::Ends},
    Signal{SIGQUIT, Effect::Ends},     Signal{SIGILL, Effect::Ends},
    Signal{SIGTRAP, Effect::Ends},     Signal{SIGABRT, Effect::Ends},
    Signal{SIGBUS, Effect::Ends},      Signal{SIGFPE, Effect::Ends},
    Signal{SIGKILL, Effect::Ends},     Signal{SIGUSR1, Effect::Ends},
    Signal{SIGSEGV, Effect::Ends},     Signal{SIGUSR2, Effect::Ends},
    Signal{SIGPIPE, Effect::Ends},     Signal{SIGALRM, Effect::Ends},
    Signal{SIGTERM, Effect::Ends},     Signal{SIGCHLD, Effect::Nothing},
    Signal{SIGCONT, Effect::Nothing},  Signal{SIGSTOP, Effect::Stops},
    Signal{SIGTSTP, Effect::Stops},    Signal{SIGTTIN, Effect::Stops},
    Signal{SIGTTOU, Effect::Stops},    Signal{SIGURG, Effect::Nothing},
    Signal{SIGXCPU, Effect::Ends},     Signal{SIGXFSZ, Effect::Ends},
    Signal{SIGVTALRM, Effect::Ends},   Signal{SIGPROF, Effect::Ends},
    Signal{SIGWINCH, Effect::Nothing}, Signal{SIGPOLL, Effect::Ends},
    Signal{SIGPWR, Effect::Ends},      Signal{SIGSYS, Effect::Ends},
};

} // namespace

void proc_exit(Context& context, GuestMemory /*memory*/, std::uint32_t status) {
    context.ending = Ending{.status = status, .signal = {}};
}

// Nobody could wake a stopped Keep again, so what would stop it is Errno::NotSup.
Result<void> proc_raise(Context& context, GuestMemory /*memory*/, std::uint32_t signal) {
    if (signal >= signals.size()) return std::unexpected(Errno::Inval);
    auto const [native, effect] = signals.at(signal);
    if (effect == Effect::Stops) return std::unexpected(Errno::NotSup);
    if (effect == Effect::Ends)
        context.ending =
            Ending{.status = static_cast<std::uint32_t>(128 + native), .signal = native};
    return {};
}

} // namespace exec::wasi
