#include "host/cli/deploy/secrets.hpp"

#include "host/cli/deploy/signals.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/check.hpp"
#include "os/poll.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace host::cli {

namespace {

constexpr std::size_t largest = std::size_t{1} << 20;

// A terminal that does not show what is typed, until this goes.
class Unseen {
public:
    explicit Unseen(int terminal) : terminal_{terminal} {
        changed_ = ::tcgetattr(terminal, &before_) == 0;
        auto now = before_;
        now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (changed_) changed_ = ::tcsetattr(terminal, TCSAFLUSH, &now) == 0;
    }
    Unseen(Unseen const&) = delete;
    Unseen& operator=(Unseen const&) = delete;
    ~Unseen() {
        if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }

private:
    int terminal_;
    termios before_{};
    bool changed_ = false;
};

// Signals that may end a line before its time.
class Interruption {
public:
    explicit Interruption(Signals const* signals) : signals_{signals} {}

    // Waits until there is something to read; false: a signal has come instead.
    bool readable(int from) {
        if (signals_ == nullptr) return true;
        std::array set{
            pollfd{.fd = from, .events = POLLIN, .revents = 0},
            pollfd{.fd = signals_->number(), .events = POLLIN, .revents = 0}
        };
        (void)os::poll(set, std::optional<os::Milliseconds>{});
        if (set[1].revents != 0) signal_ = signals_->next();
        return signal_ == 0;
    }
    int signal() const { return signal_; }

private:
    Signals const* signals_;
    int signal_ = 0;
};

// Byte by byte: what follows the line is the application's.
std::optional<crypto::SecretBytes> read_line(int from, Interruption& interruption) {
    std::vector<std::byte> line;
    line.reserve(largest); // never moved, so that no copy is left behind
    while (line.size() < largest && interruption.readable(from)) {
        std::byte byte{};
        auto const got = ::read(from, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || (got == 0 && line.empty())) return {};
        if (got == 0 || byte == std::byte{'\n'}) return crypto::SecretBytes{std::move(line)};
        line.push_back(byte);
    }
    crypto::wipe(line);
    return {};
}

// Blind first, then the question: what is typed after it is not lost.
std::optional<crypto::SecretBytes>
read_unseen(std::string const& name, Interruption& interruption) {
    Unseen const unseen{STDIN_FILENO};
    write_error("Secret " + name + ": ");
    auto line = read_line(STDIN_FILENO, interruption);
    write_error("\n");
    return line;
}

os::OrFailure<crypto::SecretBytes> ask(std::string const& name) {
    bool const terminal = ::isatty(STDIN_FILENO) == 1;
    std::optional<Signals> signals;
    if (terminal) signals = TRY(Signals::taken()); // or the terminal would stay blind
    Interruption interruption{signals ? &*signals : nullptr};
    auto line = terminal ? read_unseen(name, interruption) : read_line(STDIN_FILENO, interruption);
    if (interruption.signal() != 0) die_by(interruption.signal());
    if (line) return std::move(*line);
    return failure(
        "usage",
        "no line of standard input for the secret " + name,
        "--secret " + name + "=@FILE takes it from a file"
    );
}

os::OrFailure<crypto::SecretBytes>
value_of(std::string const& name, std::optional<std::string> const& given) {
    if (!given) return ask(name);
    if (!given->starts_with('@')) return crypto::SecretBytes{base::view_of(*given)};
    auto bytes = TRY(read_whole(given->substr(1), largest));
    crypto::SecretBytes out{bytes.view()};
    crypto::wipe(bytes.writable());
    return out;
}

} // namespace

os::OrFailure<Secrets> read_secrets(
    std::vector<std::string> const& texts,
    std::vector<protocol::provision::SecretPlace> const& named
) {
    Secrets out;
    for (auto const& text : texts) {
        auto const equals = text.find('=');
        auto const name = text.substr(0, equals);
        std::optional<std::string> given;
        if (equals != std::string::npos) given = text.substr(equals + 1);
        if (std::ranges::find(named, name, &protocol::provision::SecretPlace::name) == named.end())
            return failure(
                "usage",
                "the deployment of this package names no secret '" + name + '\'',
                "secrets are named when it is made: enarx package --secret NAME"
            );
        if (std::ranges::find(out, name, &Secrets::value_type::first) != out.end())
            return failure("usage", "--secret " + name + " is given twice");
        out.emplace_back(name, TRY(value_of(name, given)));
    }
    for (auto const& place : named)
        if (std::ranges::find(out, place.name, &Secrets::value_type::first) == out.end())
            return failure(
                "usage",
                "the secret " + std::string{place.name} + " is not given",
                "--secret " + std::string{place.name} + "=@FILE"
            );
    // In the deployment's order, which is ascending; what is moved is the memory of each, not a
    // copy.
    Secrets sorted;
    for (auto const& place : named)
        for (auto& [name, value] : out)
            if (name == place.name) sorted.emplace_back(name, std::move(value));
    return sorted;
}

} // namespace host::cli
