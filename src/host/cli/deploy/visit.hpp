#pragma once

// One Keep from the first connection to the end of what runs in it: reaches it, hands over the
// application, passes its streams on, and comes back to it where the connection breaks.

#include "host/cli/deploy/console.hpp"
#include "host/cli/deploy/handover.hpp"
#include "host/cli/deploy/input.hpp"
#include "host/cli/deploy/line.hpp"
#include "host/cli/deploy/reach.hpp"
#include "host/cli/deploy/terms.hpp"

#include <atomic>

namespace host::cli {

// The user's wish that it ends, from whichever thread. It has an event that poll(2) can wait for.
class Stop {
public:
    static os::OrFailure<std::unique_ptr<Stop>> create();

    void ask(int signal);
    int asked() const { return signal_; } // the signal; 0: no
    int event() const { return event_.number(); }

private:
    explicit Stop(os::Fd event) : event_{std::move(event)} {}

    os::Fd event_;
    std::atomic<int> signal_ = 0;
};

struct VisitWish {
    unsigned number = 1; // of the Keep, for messages
    bool again = false;  // it runs already: come back to it
    bool detach = false;
    bool input = true;                                     // standard input is the application's
    std::optional<std::chrono::milliseconds> timeout = {}; // from its start to its end
};

// What all visits of one call share; it outlives them.
struct Means {
    Provisions const& provisions;
    Terms const& terms;
    Offered* package; // none where it is not granted anew
    crypto::TlsContext const& context;
    Console& console;
};

class Visit {
public:
    Visit(VisitWish const& wish, Means const& means, Stop const& stop)
        : wish_{wish}, means_{means}, stop_{stop} {}

    // The exit status of the application; 128 and the signal where the user ended it.
    os::OrFailure<int> carry_out(Reach& reach);

private:
    using Clock = std::chrono::steady_clock;

    // Why one connection is over.
    struct Over {
        std::optional<int> status = {};          // the application has ended, or was left to itself
        std::optional<os::Failure> failure = {}; // that no other connection mends
        std::string broken = {};                 // the connection alone
    };
    using OrOver = base::Result<void, Over>;

    std::optional<Line> connect(Reach& reach, os::Failure& why, bool& again);
    Over talk(Line& line, attest::provision::Tenant& tenant);
    OrOver hear(Line& line, attest::provision::Tenant& tenant);
    // What is to be done about an event.
    struct About;
    OrOver wait(Line& line, attest::provision::Tenant& tenant);
    OrOver obey(Line& line, attest::provision::Tenant& tenant);
    void give(Line& line, attest::provision::Wanted const& wanted);
    void send_input(Line& line);
    OrOver resume(Line& line, attest::provision::Resumed const& resumed);
    void tell(
        std::string_view word,
        std::string const& text,
        std::vector<Console::Field> const& fields = {}
    );
    void warn_if_unprotected(attest::provision::AttestedChannel const& channel);
    void tell_attested(attest::provision::Answer const& answer);
    void tell_granted(attest::provision::Tenant const& tenant);
    void tell_ready(attest::provision::Answer const& answer);
    Over ended(attest::provision::Ended const& end);
    Over ended_here() const;
    static attest::provision::Message input_message(base::View bytes);
    static attest::provision::Message stop_message(int signal);
    base::Result<attest::provision::Nonces, os::Failure> nonces() const;

    VisitWish wish_;
    Means means_;
    Stop const& stop_;

    Clock::time_point begun_;
    Clock::time_point deadline_;
    std::optional<Clock::time_point> end_at_; // of the application's time
    bool late_ = false;                       // that time is over
    std::optional<os::Failure> given_up_;     // why this side has it stopped
    bool stopping_ = false;
    Input input_;
    bool said_ = false; // that nothing is proved
    std::optional<attest::provision::Before> before_;
};

} // namespace host::cli
