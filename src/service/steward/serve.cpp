#include "service/steward/serve.hpp"

#include "net/server/server.hpp"
#include "os/write_all.hpp"
#include "service/api/api.hpp"
#include "service/seal/rotation.hpp"
#include "service/steward/files.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <array>
#include <charconv>
#include <csignal>

#include <unistd.h>

namespace service {

namespace {

using net::server::Loop;
using net::server::Server;
using namespace std::chrono_literals;

void say(std::string const& line) {
    (void)os::write_all(STDERR_FILENO, base::view_of("enarx-steward: " + line + '\n'));
}

std::unexpected<os::Failure> failed(std::string_view what, base::Errno error) {
    return std::unexpected(
        os::Failure{
            .name = "service-unusable",
            .text = std::string{what} + ": " + std::string{os::description(error)}
        }
    );
}

os::OrFailure<os::SocketAddress> address(std::string const& text) {
    auto const colon = text.rfind(':');
    std::uint16_t port = 0;
    auto const digits = std::string_view{text}.substr(std::min(colon + 1, text.size()));
    auto const* const end = digits.data() + digits.size();
    auto const [rest, error] = std::from_chars(digits.data(), end, port);
    auto const out = os::SocketAddress::parse(text.substr(0, colon), port);
    if (colon == std::string::npos || error != std::errc{} || rest != end || !out)
        return std::unexpected(
            os::Failure{
                .name = "service-configuration-invalid",
                .text = '\'' + text + "' is no ADDRESS:PORT, such as 127.0.0.1:8443 or [::]:8443"
            }
        );
    return *out;
}

// Everything in the order in which it may go.
struct Parts {
    std::unique_ptr<Files> files;
    std::unique_ptr<Loop> loop;
    std::unique_ptr<Store> store;
    std::optional<Sealer> sealer;
    std::unique_ptr<Log> log;
    std::unique_ptr<Api> api;
    std::optional<Server> everybody;
    std::optional<Server> operators;
    bool ending = false;
};

void end(Parts& parts) {
    if (std::exchange(parts.ending, true)) return parts.loop->stop();
    say("going down");
    parts.everybody->wind_down(10s, [&parts] { parts.loop->stop(); });
}

os::OrFailure<void> listen(Parts& parts) {
    auto const& files = *parts.files;
    crypto::TlsServerSettings wishes{.authorities = {}, .alpn = {}};
    wishes.any_client_certificate = true; // a Keep's, or a tenant's: whose it is, the key tells
    for (auto const& text : files.settings.listen) {
        auto const at = TRY(address(text));
        auto tls = TRY(net::server::tls_for_server(files.tls_chain, files.tls_key, wishes));
        auto const where = TRY(parts.everybody->listen(at, std::move(tls)));
        say("listening at https://" + where.to_string());
    }
    if (files.settings.operator_listen.empty()) return {};
    auto const at = TRY(address(files.settings.operator_listen));
    if (!at.loopback())
        return std::unexpected(
            os::Failure{
                .name = "service-configuration-invalid",
                .text = "`operator` is not at a loopback address: it is for this machine alone"
            }
        );
    auto const where = TRY(parts.operators->listen(at, std::nullopt));
    say("operator at http://" + where.to_string());
    return {};
}

os::OrFailure<void> open(Parts& parts) {
    auto const& files = *parts.files;
    auto loop = Loop::create();
    if (!loop) return failed("waiting for descriptors", loop.error());
    parts.loop = *std::move(loop);
    constexpr std::array signals{SIGTERM, SIGINT};
    auto const taken = parts.loop->take_signals(signals, [&parts](int) { end(parts); });
    if (!taken) return failed("taking signals", taken.error());
    TRY(need_kek(files.folder));
    parts.store = TRY(open_sqlite_store(files.database()));
    parts.sealer.emplace(TRY(settled_kek(files.folder, *parts.store)));
    parts.log =
        TRY(Log::open(
            *parts.store, {.folder = files.log(), .origin = files.settings.name}, files.log_key
        ));
    parts.api =
        TRY(Api::create(
            {.settings = files.settings,
             .authority = files.authority,
             .keys = files.keys,
             .anchors = files.anchors,
             .store = *parts.store,
             .sealer = *parts.sealer,
             .log = *parts.log,
             .policies = files.policies,
             .policy_names = files.policy_names}
        ));
    if (files.token) {
        TRY(files.token->check()); // a PIN that is wrong is told before anybody is served
        parts.loop->every(1s, [&files] { files.token->tend(); });
    }
    parts.everybody.emplace(*parts.loop, parts.api->for_everybody());
    parts.operators.emplace(*parts.loop, parts.api->for_the_operator());
    parts.loop->every(1h, [&parts] {
        auto const at = static_cast<std::uint64_t>(now().time_since_epoch().count());
        if (auto const done = parts.store->prune(at); !done) say(done.error().failure.text);
    });
    return listen(parts);
}

} // namespace

os::OrFailure<void> serve(std::string const& config) {
    Parts parts;
    parts.files = TRY(read_files(config, now()));
    TRY(open(parts));
    auto const ran = parts.loop->run();
    if (!ran) return failed("waiting for descriptors", ran.error());
    say("ended");
    return {};
}

} // namespace service
