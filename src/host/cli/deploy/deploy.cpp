#include "host/cli/deploy/deploy.hpp"

#include "base/json_string.hpp"
#include "host/cli/deploy/host_reach.hpp"
#include "host/cli/deploy/offered.hpp"
#include "host/cli/deploy/signals.hpp"
#include "host/cli/deploy/visit.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/wishes.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/check.hpp"
#include "os/poll.hpp"
#include "os/socket.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

namespace host::cli {

namespace {

constexpr unsigned most_keeps = 256;
// After a signal: an application is told to end, then the host to end its Keep. Who answers nothing
// for so long is not waited for.
constexpr std::chrono::seconds farewell{12};

struct Given {
    HostAccessWishes host;
    std::optional<std::string> keep;
    std::optional<std::string> id;
    std::optional<std::string> backend;
    std::optional<std::string> memory;
    JudgeWishes judge;
    std::vector<std::string> secrets;
    OfferWishes offer;
    std::optional<std::string> count;
    std::optional<std::string> timeout;
    bool detach = false;
    bool json = false;
    bool quiet = false;
};

// Of several what failed is told here, and the largest status counts.
os::OrFailure<int> worst_of(std::vector<os::OrFailure<int>> const& results) {
    if (results.size() == 1) return results.front();
    int worst = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        auto status = static_cast<int>(protocol::ExitStatus::Failed);
        if (results[i]) {
            status = *results[i];
        } else {
            write_error("[" + std::to_string(i + 1) + "] " + failure_text(results[i].error()));
            auto const* const kind = protocol::find_failure(results[i].error().name);
            if (kind != nullptr) status = static_cast<int>(kind->status);
        }
        worst = std::max(worst, status);
    }
    return worst;
}

class DeployUse : public Use {
public:
    explicit DeployUse(bool again) : again_{again} {}
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::vector<Option> place_options();
    std::vector<Option> handover_options();
    os::OrFailure<void> check() const;
    os::OrFailure<unsigned> count() const;
    os::OrFailure<std::optional<HostWish>> host_wish(Provisions const& provisions) const;
    os::OrFailure<std::unique_ptr<Offered>> offered();
    os::OrFailure<crypto::TlsContext> context(Provisions const& provisions) const;
    os::OrFailure<int> conduct(std::vector<std::unique_ptr<Reach>> const& keeps);
    os::OrFailure<int> one(unsigned number, Reach& reach, Console& console, Stop& stop) const;
    os::OrFailure<void> tell_detached(Reach const& reach) const;

    bool again_; // attach
    Given given_;
    // What all Keeps of one call share.
    std::optional<Provisions> provisions_;
    std::optional<Terms> terms_;
    std::unique_ptr<Offered> package_; // none of attach
    std::optional<crypto::TlsContext> context_;
    std::optional<std::chrono::milliseconds> timeout_;
};

std::vector<Option> DeployUse::place_options() {
    auto out = host_access_options(given_.host);
    out.push_back(
        {.name = "--keep",
         .value = "SOCKET",
         .help = "A Keep on this machine that waits there (`enarx keep --channel`), without a "
                 "host between.",
         .target = &given_.keep,
         .completion = Completion::File}
    );
    if (again_) {
        out.push_back(
            {.name = "--id",
             .value = "ID",
             .help = "The Keep at that host, as `enarx deploy --detach` has printed it.",
             .target = &given_.id}
        );
        return out;
    }
    out.push_back(
        {.name = "--backend",
         .value = "NAME",
         .help = "The kind of Keep that the host is asked for. What it is, its evidence says.",
         .target = &given_.backend}
    );
    out.push_back(
        {.name = "--memory",
         .value = "SIZE",
         .help = "How much memory the host is asked for, such as 512M.",
         .target = &given_.memory}
    );
    return out;
}

std::vector<Option> DeployUse::handover_options() {
    std::vector<Option> out{
        {.name = "--key",
         .value = "FILE",
         .help = "The package's key file. Default: FILE.key beside it; of a package in a "
                 "registry, REPOSITORY.enx.key here, without the names before the last.",
         .target = &given_.offer.key,
         .completion = Completion::File},
        {.name = "--json",
         .letter = 'j',
         .help = "Progress as JSON, one object a line.",
         .target = &given_.json},
        {.name = "--quiet", .letter = 'q', .help = "No progress.", .target = &given_.quiet},
    };
    if (again_) return out;
    std::ranges::move(offer_options(given_.offer), std::back_inserter(out));
    out.push_back(
        {.name = "--secret",
         .value = "NAME[=VALUE|=@FILE]",
         .help = "A secret that the deployment names; without a value it is asked for. May be "
                 "repeated.",
         .target = &given_.secrets}
    );
    out.push_back(
        {.name = "--timeout",
         .value = "TIME",
         .help = "End the application after this time: seconds, or with ms, s, m, h.",
         .target = &given_.timeout}
    );
    out.push_back(
        {.name = "--detach",
         .letter = 'd',
         .help = "End when it runs, and print how it is found again (`enarx attach`).",
         .target = &given_.detach}
    );
    out.push_back(
        {.name = "--count",
         .value = "NUMBER",
         .help = "So many Keeps of it, at most 256; each line of output says of which. The exit "
                 "status is the largest.",
         .target = &given_.count}
    );
    return out;
}

Syntax DeployUse::syntax(Global& /*global*/) {
    auto options = place_options();
    for (auto& part :
         {handover_options(),
          basis_options(given_.judge),
          std::vector{
              kind_option(given_.judge),
              measurement_option(given_.judge),
              no_hardware_option(given_.judge)
          }})
        options.insert(options.end(), part.begin(), part.end());
    return {
        .options = std::move(options),
        .operands = {
            {.name = "PACKAGE",
             .help = again_ ? "The package, as it was deployed."
                            : "The package file that `enarx package` made, or one in a registry: "
                              "HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST].",
             .target = &given_.offer.package,
             .completion = Completion::File}
        }
    };
}

os::OrFailure<void> DeployUse::check() const {
    if (given_.host.host.has_value() == given_.keep.has_value())
        return failure(
            "usage",
            given_.host.host ? "--host and --keep are two places" : "it is not said where",
            "give --host URL, or --keep SOCKET"
        );
    if (again_ && given_.host.host && !given_.id)
        return failure("usage", "it is not said which Keep of the host", "give --id ID");
    if (given_.keep && (given_.id || given_.backend || given_.memory))
        return failure("usage", "--id, --backend and --memory are words to a host (--host)");
    if (given_.detach && given_.timeout)
        return failure(
            "usage", "--timeout is the time that this command waits, and --detach does not wait"
        );
    if (given_.json && given_.quiet)
        return failure("usage", "--json and --quiet exclude each other");
    return {};
}

os::OrFailure<unsigned> DeployUse::count() const {
    auto const text = given_.count.value_or("1");
    unsigned value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value == 0 || value > most_keeps)
        return failure("usage", "--count '" + text + "' is no number from 1 to 256");
    if (value > 1 && given_.keep)
        return failure("usage", "--keep names one Keep", "--count is for a host (--host)");
    return value;
}

os::OrFailure<std::optional<HostWish>> DeployUse::host_wish(Provisions const& provisions) const {
    if (!given_.host.host) return std::nullopt;
    HostWish out;
    out.access = TRY(HostAccess::of(given_.host));
    out.backend = given_.backend;
    out.memory = given_.memory;
    out.listen = provisions.key().listen;
    out.connect = provisions.key().connect;
    if (auto const registry = package_ ? package_->registry() : std::nullopt)
        out.registry = registry->endpoint;
    return out;
}

// What the Keep may fetch itself is granted along with it.
os::OrFailure<std::unique_ptr<Offered>> DeployUse::offered() {
    if (again_) return nullptr;
    auto package = TRY(open_offered(given_.offer, provisions_->package()));
    if (auto registry = package->registry()) provisions_->add_registry(*std::move(registry));
    return package;
}

// The grantor's key is what the Keep knows its tenant by, when it comes back.
os::OrFailure<crypto::TlsContext> DeployUse::context(Provisions const& provisions) const {
    static std::array<std::string, 1> const protocols{"enarx-keep/1"};
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::array<std::string, 1> const names{"tenant"};
    auto made = [&]() -> crypto::TlsResult<crypto::TlsContext> {
        auto const credential = TRY(
            crypto::TlsCredential::self_signed(crypto::TlsKey::of(provisions.grantor()), names, now)
        );
        return crypto::TlsContext::client(
            credential,
            {.authorities = {}, .alpn = protocols, .any_certificate = true, .x25519_alone = true}
        );
    }();
    if (!made) return failure("internal", made.error().text);
    return std::move(*made);
}

os::OrFailure<void> DeployUse::tell_detached(Reach const& reach) const {
    if (!given_.json) return write_output(reach.words() + '\n');
    auto const host =
        given_.host.host ? ",\"host\":" + base::json_string(*given_.host.host) : std::string{};
    return write_output("{\"keep\":" + base::json_string(reach.id()) + host + "}\n");
}

os::OrFailure<int>
DeployUse::one(unsigned number, Reach& reach, Console& console, Stop& stop) const {
    TRY(reach.start(stop.event()));
    VisitWish const wish{
        .number = number,
        .again = again_,
        .detach = given_.detach,
        .input = !given_.detach && !given_.count,
        .timeout = timeout_
    };
    Means const means{
        .provisions = *provisions_,
        .terms = *terms_,
        .package = package_.get(),
        .context = *context_,
        .console = console
    };
    Visit visit{wish, means, stop};
    auto status = visit.carry_out(reach);
    if (status && *status == 0 && given_.detach && stop.asked() == 0) {
        TRY(tell_detached(reach));
        return 0;
    }
    reach.end();
    return status;
}

Progress progress(Given const& given) {
    if (given.json) return Progress::Json;
    return given.quiet ? Progress::Quiet : Progress::Text;
}

os::OrFailure<int> DeployUse::conduct(std::vector<std::unique_ptr<Reach>> const& keeps) {
    auto const signals = TRY(Signals::taken());
    terms_->look_ahead();
    Console console{progress(given_), keeps.size() > 1};
    os::Fd const done{::eventfd(0, EFD_CLOEXEC)};
    std::vector<std::unique_ptr<Stop>> stops;
    std::vector<os::OrFailure<int>> results;
    for (std::size_t i = 0; i < keeps.size(); ++i) {
        stops.push_back(TRY(Stop::create()));
        results.emplace_back(0);
    }
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < keeps.size(); ++i)
        threads.emplace_back([&, i] {
            results[i] = one(static_cast<unsigned>(i + 1), *keeps[i], console, *stops[i]);
            std::uint64_t const another = 1;
            (void)!(::write(done.number(), &another, sizeof another) < 0);
        });

    int asked = 0;
    std::optional<os::Milliseconds> left; // until nobody is waited for any more
    auto end = std::chrono::steady_clock::time_point::max();
    for (std::uint64_t finished = 0; finished < keeps.size();) {
        std::array set{
            pollfd{.fd = signals.number(), .events = POLLIN, .revents = 0},
            pollfd{.fd = done.number(), .events = POLLIN, .revents = 0}
        };
        if (asked != 0)
            left = std::chrono::ceil<os::Milliseconds>(end - std::chrono::steady_clock::now());
        if (left && left->count() <= 0) die_by(asked);
        (void)os::poll(set, left);
        if (auto const signal = set[0].revents != 0 ? signals.next() : 0; signal != 0) {
            if (asked != 0) die_by(signal); // at once
            asked = signal;
            end = std::chrono::steady_clock::now() + farewell;
            for (auto const& stop : stops) stop->ask(signal);
        }
        std::uint64_t more = 0;
        if (set[1].revents != 0 && ::read(done.number(), &more, sizeof more) > 0) finished += more;
    }
    threads.clear();
    if (asked != 0) die_by(asked);
    return worst_of(results);
}

os::OrFailure<int> DeployUse::carry_out(Global const& /*global*/) {
    TRY(check());
    auto const keeps = TRY(count());
    if (given_.timeout) timeout_ = std::chrono::milliseconds{TRY(duration_ms(*given_.timeout))};
    provisions_.emplace(TRY(Provisions::read(given_.offer.key_path())));
    if (!again_ && provisions_->deployment().log)
        return failure(
            "key-unusable",
            "the deployment names a log, in which a Keep has to find its release: no Keep takes it "
            "from a tenant",
            "publish it to the service that keeps the log, and start Keeps with enarx run --pull"
        );
    package_ = TRY(offered());
    terms_.emplace(TRY(Terms::of(given_.judge, provisions_->deployment().measurements)));
    if (!again_) TRY(provisions_->add_secrets(given_.secrets));
    context_.emplace(TRY(context(*provisions_)));
    auto const host = TRY(host_wish(*provisions_));
    std::vector<std::unique_ptr<Reach>> reaches;
    for (unsigned i = 0; i < keeps; ++i)
        reaches.push_back(
            host ? reach_host(*host, given_.id, package_ ? package_->file() : nullptr)
                 : reach_socket(*given_.keep)
        );
    return conduct(reaches);
}

} // namespace

std::unique_ptr<Use> use_deploy() { return std::make_unique<DeployUse>(false); }
std::unique_ptr<Use> use_attach() { return std::make_unique<DeployUse>(true); }

} // namespace host::cli
