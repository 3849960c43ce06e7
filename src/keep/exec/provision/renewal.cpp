#include "keep/exec/provision/renewal.hpp"

#include "os/thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace exec::provision {

namespace {

using Wall = std::chrono::system_clock;
using std::chrono::milliseconds;

// False: it was asked to stop.
bool pause(milliseconds time, std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

// In steps, since a clock may be set.
bool pause_until(std::chrono::sys_seconds when, milliseconds least, std::stop_token const& stop) {
    constexpr milliseconds step{60'000};
    if (!pause(least, stop)) return false;
    while (Wall::now() < when) {
        auto const left = std::chrono::ceil<milliseconds>(when - Wall::now());
        if (!pause(std::min(left, step), stop)) return false;
    }
    return true;
}

} // namespace

void renew(
    Renewal const& renewal, Validity now, RenewalPace const& pace, std::stop_token const& stop
) {
    auto wait = pace.least;
    bool told = false;
    while (pause_until(now.renew_at, wait, stop)) {
        Steward steward{renewal.order, renewal.ready->identity()};
        auto next = ask_certificate(steward, *renewal.ready, Issue::Renewal);
        if (next) {
            renewal.shown->replace(std::move(next->credential));
            now = {.renew_at = next->renew_at, .not_after = next->not_after};
            wait = pace.least;
            told = false;
            continue;
        }
        auto const& why = next.error();
        auto const text = why.failure.text + " (" + std::string{why.failure.name} + ')';
        if (why.final)
            return renewal.tell("the Keep's certificate is not renewed any more: " + text);
        if (Wall::now() >= now.not_after)
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
