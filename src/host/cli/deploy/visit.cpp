#include "host/cli/deploy/visit.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/random.hpp"
#include "os/socket.hpp"
#include "protocol/failure/failure.hpp"

#include <array>
#include <csignal>

#include <sys/eventfd.h>
#include <unistd.h>

namespace host::cli {

namespace provision = attest::provision;
namespace wire = protocol::provision;
using provision::Tenant;
using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds evidence_time{30}; // for handshake and evidence
constexpr std::chrono::minutes load_time{15};     // from one message of the Keep's to the next
constexpr std::chrono::seconds stop_time{5};
constexpr milliseconds close_time{2'000};
constexpr std::chrono::seconds return_time{30}; // to a Keep whose connection broke
constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{2'000};
constexpr int of_a_signal = 128;

} // namespace

provision::Message Visit::input_message(base::View bytes) {
    return {
        .type = wire::FrameType::Stream,
        .body = wire::encode(wire::Stream{.number = 0, .bytes = bytes})
    };
}

provision::Message Visit::stop_message(int signal) {
    std::array const number{std::byte(signal)};
    return {
        .type = wire::FrameType::Command,
        .body = wire::encode(wire::Command{.code = wire::CommandCode::Stop, .bytes = number})
    };
}

os::OrFailure<std::unique_ptr<Stop>> Stop::create() {
    os::Fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!event)
        return failure("internal", "no event: " + std::string{os::description(os::last_error())});
    return std::unique_ptr<Stop>{new Stop{std::move(event)}};
}

void Stop::ask(int signal) {
    signal_ = signal;
    std::uint64_t const one = 1;
    (void)!(::write(event_.number(), &one, sizeof one) < 0);
}

base::Result<provision::Nonces, os::Failure> Visit::nonces() const {
    provision::Nonces out;
    if (!os::random(out.first) || !os::random(out.second))
        return failure("internal", "the system gives no random numbers");
    return out;
}

// One for each event.
struct Visit::About {
    Visit& visit;
    Tenant& tenant;
    Line& line;

    OrOver operator()(std::monostate) const { return {}; }
    OrOver operator()(provision::Attested const& /*event*/) const { return {}; } // told before
    OrOver operator()(provision::Granted const& /*event*/) const {
        visit.tell_granted(tenant);
        return {};
    }
    OrOver operator()(provision::Wanted const& wanted) const {
        visit.give(line, wanted);
        return {};
    }
    OrOver operator()(provision::Ready const& ready) const {
        visit.tell_ready(ready.answer);
        return {};
    }
    OrOver operator()(provision::Running const& /*event*/) const {
        visit.tell("running", visit.wish_.detach ? "on its own" : "(Ctrl-C stops it)");
        if (visit.wish_.timeout && !visit.end_at_)
            visit.end_at_ = Clock::now() + *visit.wish_.timeout;
        if (visit.wish_.detach) return std::unexpected(Over{.status = 0});
        return {};
    }
    OrOver operator()(provision::Resumed const& resumed) const {
        return visit.resume(line, resumed);
    }
    OrOver operator()(provision::Written const& written) const {
        if (visit.given_up_ ||
            visit.means_.console.write(visit.wish_.number, written.stream, written.bytes))
            return {};
        visit.given_up_ = os::Failure{
            .name = "output-failed", .text = "nobody takes the application's output; it was stopped"
        };
        return {};
    }
    OrOver operator()(provision::Told const& told) const {
        visit.means_.console.warn(visit.wish_.number, told.text);
        return {};
    }
    OrOver operator()(provision::Ended const& end) const {
        return std::unexpected(visit.ended(end));
    }
    OrOver operator()(provision::Failed const& failed) const {
        if (failed.answer) visit.means_.console.explain(visit.wish_.number, *failed.answer);
        return std::unexpected(
            Over{.failure = os::Failure{.name = failed.name, .text = failed.text}}
        );
    }
};

// ---- the connection, and the way back to it ----

std::optional<Line> Visit::connect(Reach& reach, os::Failure& why, bool& again) {
    auto parts = reach.connect();
    if (!parts) {
        why = parts.error().failure;
        again = parts.error().again;
        return {};
    }
    auto line = Line::over(std::move(*parts), means_.context);
    if (line) return std::move(*line);
    why = {.name = "internal", .text = line.error().text};
    again = false;
    return {};
}

os::OrFailure<int> Visit::carry_out(Reach& reach) {
    begun_ = Clock::now();
    if (wish_.again) before_.emplace();
    auto give_up = begun_;
    auto pause = first_pause;
    os::Failure why;
    while (true) {
        bool again = false;
        if (auto line = connect(reach, why, again)) {
            Tenant tenant{
                means_.provisions.handover(
                    static_cast<std::uint64_t>(means_.terms.at().time_since_epoch().count())
                ),
                TRY(nonces()),
                means_.terms.judging(),
                before_
            };
            auto const over = talk(*line, tenant);
            if (over.status) return *over.status;
            if (over.failure) return std::unexpected(*over.failure);
            why = {
                .name = "host-unreachable",
                .text = "the connection to the Keep is broken: " + over.broken
            };
            bool const progress = tenant.running() || !before_;
            before_ = tenant.way_back();
            again = before_.has_value();
            if (again && progress) {
                give_up = Clock::now() + return_time;
                pause = first_pause;
                means_.console.warn(wish_.number, "enarx: " + why.text + "; trying again");
            }
        }
        if (stop_.asked() != 0) return of_a_signal + stop_.asked();
        if (!again || Clock::now() >= give_up) return std::unexpected(why);
        pollfd entry{.fd = stop_.event(), .events = POLLIN, .revents = 0};
        (void)os::poll({&entry, 1}, pause);
        pause = std::min(2 * pause, longest_pause);
    }
}

Visit::Over Visit::talk(Line& line, Tenant& tenant) {
    // A Keep that loads hears nobody else.
    bool const loads = before_ && before_->told != provision::Before::Told::Everything;
    deadline_ = Clock::now() + (loads ? load_time : evidence_time);
    stopping_ = false;
    while (true) {
        auto done = hear(line, tenant);
        if (done) done = obey(line, tenant);
        if (done) done = wait(line, tenant);
        if (done) continue;
        // A Keep waits until it hears that this end has heard.
        line.close(done.error().status ? close_time : milliseconds{0});
        return std::move(done.error());
    }
}

Visit::OrOver Visit::hear(Line& line, Tenant& tenant) {
    while (true) {
        bool const shaken = line.shaken();
        auto const frame = line.next(tenant.trust());
        if (!frame && frame.error().wrong)
            return std::unexpected(
                Over{.failure = os::Failure{.name = "protocol-version", .text = frame.error().text}}
            );
        if (!frame) return std::unexpected(Over{.broken = frame.error().text});
        if (!shaken && line.shaken()) {
            for (auto const& message : tenant.begin()) line.say(message);
            continue;
        }
        if (!*frame) return {};
        if (!tenant.running())
            deadline_ = Clock::now() + (tenant.granted() ? load_time : evidence_time);
        auto const step = tenant.take(**frame, line.session());
        // Whoever is to be warned is warned before anything leaves.
        if (auto const* const attested = std::get_if<provision::Attested>(&step.event))
            tell_attested(attested->answer);
        for (auto const& message : step.say) line.say(message);
        TRY(std::visit(About{*this, tenant, line}, step.event));
    }
}

// Waits until something can be done.
Visit::OrOver Visit::wait(Line& line, Tenant& tenant) {
    bool const input =
        tenant.running() && wish_.input && !input_.ended() && !stopping_ && !line.unsent();
    std::array set{
        line.wait_entry(),
        pollfd{
            .fd = stop_.event(), .events = static_cast<short>(stopping_ ? 0 : POLLIN), .revents = 0
        },
        pollfd{.fd = input ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}
    };
    if (stopping_) set[1].fd = -1;
    bool const limited = !tenant.running() || stopping_;
    auto const until = limited ? std::optional{deadline_} : end_at_;
    std::optional<os::Milliseconds> left;
    if (until)
        left = std::max(
            std::chrono::ceil<os::Milliseconds>(*until - Clock::now()), os::Milliseconds{0}
        );
    auto const ready = os::poll(set, left);
    if (ready && *ready == 0 && limited) {
        if (stopping_) return std::unexpected(ended_here());
        return std::unexpected(
            Over{
                .failure = os::Failure{
                    .name = "host-unreachable", .text = "the Keep does not answer in time"
                }
            }
        );
    }
    if (set[2].revents != 0) send_input(line);
    if (!line.push()) return std::unexpected(Over{.broken = "it was closed"});
    return {};
}

// The first wish to end it: the Keep ends the application, and says so.
Visit::OrOver Visit::obey(Line& line, Tenant& tenant) {
    late_ = late_ || (end_at_ && Clock::now() >= *end_at_);
    if ((stop_.asked() == 0 && !late_ && !given_up_) || stopping_) return {};
    if (!tenant.running() && stop_.asked() != 0) return std::unexpected(ended_here());
    if (!tenant.running()) return {};
    stopping_ = true;
    deadline_ = Clock::now() + stop_time;
    line.say(stop_message(stop_.asked() != 0 ? stop_.asked() : SIGTERM));
    return {};
}

void Visit::send_input(Line& line) {
    std::array<std::byte, Input::piece> bytes{};
    auto const got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    auto const count = got < 0 ? 0 : static_cast<std::size_t>(got);
    auto const read = std::span{bytes}.first(count);
    input_.add(read);
    line.say(input_message(read));
}

} // namespace host::cli
