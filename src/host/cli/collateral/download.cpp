#include "host/cli/collateral/download.hpp"

#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/poll.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>

namespace host::cli {

namespace {

using attest::wanted::Wanted;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr auto kds = "pace of the KDS"; // the name of the lock
constexpr milliseconds first_pause{1'000};
constexpr milliseconds first_pause_when_busy{10'000};
constexpr milliseconds longest_pause{60'000};
constexpr unsigned ok = 200;
constexpr unsigned too_many_requests = 429;
constexpr unsigned server_error = 500;

void sleep_for(milliseconds time) {
    auto const until = Steady::now() + time;
    while (Steady::now() < until) {
        auto const left = std::chrono::nanoseconds(until - Steady::now()).count();
        (void)os::poll({}, static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)));
    }
}

// RFC 9110, 10.2.3: only the form in seconds, which both vendors use.
std::optional<milliseconds> retry_after(net::HttpAnswer const& answer) {
    auto const* text = answer.header("retry-after");
    unsigned seconds = 0;
    if (!text) return {};
    auto const* end = text->data() + text->size();
    if (std::from_chars(text->data(), end, seconds).ptr != end || text->empty()) return {};
    return std::chrono::seconds{seconds};
}

// Nothing here asks the proxies that an environment names.
bool behind_proxy() {
    return std::ranges::any_of(
        std::array{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, [](auto const* name) {
            auto const* value = std::getenv(name);
            return value != nullptr && value[0] != '\0';
        }
    );
}

os::Failure unavailable(std::string const& url, std::string const& why, Wanted const& wanted) {
    return {
        .name = "collateral-unavailable",
        .text = url + ": " + why,
        .hint =
            "this is " + attest::wanted::name_of(wanted) +
            (behind_proxy() ? "; the environment's proxy is not used: name a mirror with --kds, "
                              "--pcs or --intel-certificates"
                            : ""),
    };
}

} // namespace

// One certificate at a time, for all commands of this user: the lock's time is that of the last
// one.
os::OrFailure<void> Downloader::keep_pace() {
    auto const lock = TRY(cache_->lock(kds));
    struct ::stat status{};
    struct ::timespec now{};
    (void)::fstat(lock.number(), &status);
    (void)::clock_gettime(CLOCK_REALTIME, &now);
    auto const since = milliseconds{
        (now.tv_sec - status.st_mtim.tv_sec) * 1'000 +
        (now.tv_nsec - status.st_mtim.tv_nsec) / 1'000'000
    };
    bool const first = status.st_size == 0;
    if (!first && since >= milliseconds{0} && since < settings_.pace)
        sleep_for(settings_.pace - since);
    (void)::pwrite(lock.number(), "x", 1, 0);
    return {};
}

net::OrTrouble<net::HttpAnswer>
Downloader::ask(net::WebAddress const& service, Wanted const& wanted) {
    auto const until = Steady::now() + settings_.patience;
    auto const url = service.text() + wanted.target;
    for (unsigned tries = 0;; ++tries) {
        auto answer = net::http_get(service, wanted.target, settings_.limits);
        bool const busy =
            answer && (answer->status == too_many_requests || answer->status >= server_error);
        if ((answer && !busy) || (!answer && !answer.error().again)) return answer;
        auto const limited = answer && answer->status == too_many_requests;
        auto pause = (limited ? first_pause_when_busy : first_pause) * (1U << std::min(tries, 5U));
        pause = std::min(pause, longest_pause);
        if (answer) pause = retry_after(*answer).value_or(pause);
        if (Steady::now() + pause > until) return answer;
        auto const why = answer ? "status " + std::to_string(answer->status) : answer.error().text;
        write_error(
            "enarx: note: " + url + ": " + why + "; again in " +
            std::to_string((pause.count() + 999) / 1'000) + " s\n"
        );
        sleep_for(pause);
    }
}

os::OrFailure<attest::Endorsements>
Downloader::fetch(net::WebAddress const& service, Wanted const& wanted) {
    if (std::holds_alternative<attest::wanted::Vcek>(wanted.what)) TRY(keep_pace());
    auto const url = service.text() + wanted.target;
    auto const answer = ask(service, wanted);
    if (!answer) return std::unexpected(unavailable(url, answer.error().text, wanted));
    if (answer->status != ok)
        return std::unexpected(unavailable(
            url, "the service answered with status " + std::to_string(answer->status), wanted
        ));
    auto const* chain = answer->header(wanted.chain_header);
    auto read = attest::wanted::read_answer(wanted, answer->body, chain ? *chain : "", url);
    if (!read) return unusable(read.error());
    return std::move(*read);
}

os::OrFailure<attest::Endorsements> Downloader::get(Wanted const& wanted) {
    auto const& service = settings_.services.at(wanted.service);
    auto const url = service.text() + wanted.target;
    auto const lock = TRY(cache_->lock(url));
    if (!settings_.refresh)
        if (auto known = cache_->find(url, wanted, settings_.now)) return std::move(*known);
    auto fetched = TRY(fetch(service, wanted));
    cache_->keep(url, fetched);
    return fetched;
}

} // namespace host::cli
