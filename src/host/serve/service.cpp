#include "host/serve/service.hpp"

#include "host/serve/api.hpp"
#include "host/serve/state.hpp"

#include <array>
#include <csignal>

namespace host::serve {

namespace {

using base::Level;
using net::server::Loop;
using net::server::Metrics;
using net::server::Server;
using namespace std::chrono_literals;

std::unexpected<os::Failure> failed(std::string_view what, base::Errno error) {
    return std::unexpected(
        os::Failure{
            .name = "launch-failed",
            .text = std::string{what} + ": " + std::string{os::description(error)}
        }
    );
}

// What the server has counted itself, as metrics.
class ServerMetrics {
public:
    ServerMetrics(Metrics& metrics, Server& server) : metrics_{&metrics}, server_{&server} {
        metrics.gauge("enarx_http_connections", "Connections that are open.");
        metrics.gauge("enarx_http_accepted_total", "Connections that were accepted.");
        metrics.gauge("enarx_http_closed_total", "Connections that were closed early, by why.");
        metrics.gauge("enarx_http_answers_total", "Answers, by the first digit of their status.");
    }
    void take() const {
        constexpr std::array<std::string_view, 6> digits{"0", "1", "2", "3", "4", "5"};
        auto const& figures = server_->figures();
        auto const set = [this](std::string_view name, auto value, Metrics::Labels labels = {}) {
            metrics_->set(name, static_cast<double>(value), labels);
        };
        set("enarx_http_connections", server_->connections());
        set("enarx_http_accepted_total", figures.accepted);
        set("enarx_http_closed_total", figures.pushed_out, {{"why", "room"}});
        set("enarx_http_closed_total", figures.too_slow, {{"why", "slow"}});
        for (std::size_t i = 1; i < digits.size(); ++i)
            set("enarx_http_answers_total", figures.answers.at(i), {{"status", digits.at(i)}});
    }

private:
    Metrics* metrics_;
    Server* server_;
};

// Everything in the order in which it may go.
struct Parts {
    std::unique_ptr<Loop> loop;
    Journal journal;
    State state;
    Metrics metrics = {};
    std::unique_ptr<Worker> worker = {};
    std::shared_ptr<Blobs> blobs = {};
    std::optional<Keeps> keeps = {};
    std::optional<Api> api = {};
    std::optional<Server> server = {};
    bool ending = false;
};

void wait_for_keeps(Parts& parts) {
    if (parts.keeps->live() == 0) return parts.loop->stop();
    parts.loop->after(20ms, [&parts] { wait_for_keeps(parts); });
}

void end(Parts& parts) {
    if (std::exchange(parts.ending, true)) return parts.loop->stop(); // what lives is killed
    parts.journal.note(Level::Info, "going down");
    parts.keeps->end_all();
    parts.server->wind_down(10s, [&parts] { wait_for_keeps(parts); });
}

os::OrFailure<void> listen(Parts& parts, ServiceSettings const& settings) {
    for (auto const& address : settings.listen) {
        std::optional<crypto::TlsContext> tls;
        if (settings.chain) {
            crypto::TlsServerSettings wishes{.authorities = {}, .alpn = {}};
            wishes.any_client_certificate = settings.accounts.by_client_key();
            tls = TRY(net::server::tls_for_server(*settings.chain, settings.key, wishes));
        }
        auto const where = TRY(parts.server->listen(address, std::move(tls)));
        parts.journal.note(
            Level::Info,
            "listening at " + std::string{settings.chain ? "https://" : "http://"} +
                where.to_string()
        );
    }
    return {};
}

os::OrFailure<std::unique_ptr<Parts>> parts_of(ServiceSettings const& settings) {
    auto loop = Loop::create();
    if (!loop) return failed("waiting for descriptors", loop.error());
    auto state = TRY(State::open(settings.state, settings.program));
    auto out = std::make_unique<Parts>(std::move(*loop), Journal{settings.log}, std::move(state));
    auto& parts = *out;
    constexpr std::array signals{SIGTERM, SIGINT, SIGHUP};
    auto const taken = parts.loop->take_signals(signals, [&parts](int) { end(parts); });
    if (!taken) return failed("taking signals", taken.error());
    auto worker = Worker::start();
    if (!worker) return failed("a thread for the disk", worker.error());
    parts.worker = std::move(*worker);
    auto blobs =
        Blobs::open(parts.state.blobs(), settings.blobs, settings.accounts.count(), parts.metrics);
    if (!blobs) return failed("the cache of packages", blobs.error());
    parts.blobs = std::move(*blobs);
    return out;
}

} // namespace

os::OrFailure<void> serve(ServiceSettings const& settings) {
    auto const parts = TRY(parts_of(settings));
    KeepSettings keeps;
    keeps.program = settings.program;
    keeps.folder = parts->state.sockets();
    keeps.blobs = parts->state.blobs();
    keeps.backends = settings.backends;
    keeps.snp_words = settings.snp_words;
    keeps.most = settings.keeps;
    keeps.memory = settings.memory;
    parts->keeps.emplace(*parts->loop, keeps, parts->journal, parts->metrics);
    std::optional<ServerMetrics> numbers;
    parts->api.emplace(
        Api::Sources{
            .loop = parts->loop.get(),
            .keeps = &*parts->keeps,
            .worker = parts->worker.get(),
            .blobs = parts->blobs,
            .accounts = settings.accounts,
            .metrics =
                [&] {
                    numbers->take();
                    return parts->metrics.text();
                },
            .platform = settings.platform
        }
    );
    parts->server.emplace(*parts->loop, parts->api->router());
    numbers.emplace(parts->metrics, *parts->server);
    TRY(listen(*parts, settings));
    auto const ran = parts->loop->run();
    if (!ran) return failed("waiting for descriptors", ran.error());
    parts->journal.note(Level::Info, "ended");
    return {};
}

} // namespace host::serve
