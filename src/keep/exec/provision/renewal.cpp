#include "keep/exec/provision/renewal.hpp"

#include "os/thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace exec::provision {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// False: it was asked to stop.
bool pause(milliseconds time, std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

// From one moment on.
class Elapsed {
public:
    explicit Elapsed(Clocks const& clocks)
        : clocks_{clocks}, own_{clocks.own()}, wall_{clocks.wall()} {}
    nanoseconds own() const { return clocks_.own() - own_; }
    nanoseconds most() const { return std::max<nanoseconds>(own(), clocks_.wall() - wall_); }

private:
    Clocks const& clocks_;
    std::chrono::steady_clock::time_point own_;
    std::chrono::system_clock::time_point wall_;
};

// False: it was asked to stop.
bool pause_until(
    Elapsed const& elapsed,
    nanoseconds when,
    milliseconds least,
    RenewalPace const& pace,
    std::stop_token const& stop
) {
    if (!pause(least, stop)) return false;
    while (elapsed.most() < when) {
        auto const left = std::chrono::ceil<milliseconds>(when - elapsed.most());
        if (!pause(std::min(left, pace.look), stop)) return false;
    }
    return true;
}

} // namespace

void renew(
    Renewal const& renewal,
    Validity now,
    RenewalPace const& pace,
    std::stop_token const& stop,
    Clocks const& clocks
) {
    auto wait = pace.least;
    bool told = false;
    std::optional<Elapsed> elapsed{clocks};
    while (pause_until(*elapsed, now.renew_at - now.at, wait, pace, stop)) {
        Steward steward{renewal.order, renewal.ready->identity()};
        auto next = ask_certificate(steward, *renewal.ready, Issue::Renewal);
        if (next) {
            renewal.shown->replace(std::move(next->credential));
            now = {
                .at = now.at + std::chrono::floor<std::chrono::seconds>(elapsed->own()),
                .renew_at = next->renew_at,
                .not_after = next->not_after
            };
            elapsed.emplace(clocks);
            wait = pace.least;
            told = false;
            continue;
        }
        auto const& why = next.error();
        auto const text = why.failure.text + " (" + std::string{why.failure.name} + ')';
        if (why.final)
            return renewal.tell("the Keep's certificate is not renewed any more: " + text);
        if (elapsed->own() >= now.not_after - now.at)
            return renewal.tell("the Keep's certificate has expired and was not renewed: " + text);
        if (!std::exchange(told, true))
            renewal.tell("the Keep's certificate is not renewed yet: " + text);
        wait = std::max<milliseconds>(wait * 2, why.wait.value_or(std::chrono::seconds{0}));
        wait = std::min(wait, pace.longest);
    }
}

os::OrFailure<void> keep_certified(Renewal renewal, Validity first) {
    auto thread = os::start_thread([renewal = std::move(renewal), first] {
        renew(renewal, first, {}, std::stop_token{});
    });
    if (!thread)
        return std::unexpected(
            os::Failure{
                .name = "internal",
                .text = "no thread to renew the Keep's certificate: " +
                        std::string{os::description(thread.error())}
            }
        );
    thread->detach();
    return {};
}

} // namespace exec::provision
