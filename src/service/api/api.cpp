#include "service/api/api.hpp"

#include "os/clock.hpp"

namespace service {

namespace {

using net::server::Response;

// Most of the time they wait for the disk, and those who wait together share a transaction and a
// checkpoint.
constexpr std::size_t threads = 32;

constexpr std::uint64_t knocks_per_minute = 10; // wrong tokens from one address, and logins

Response too_often(std::chrono::seconds wait) {
    constexpr unsigned too_many = 429;
    auto out = net::server::problem(too_many, "rate-limited", "more requests than are allowed");
    out.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return out;
}

} // namespace

std::chrono::sys_seconds now() {
    auto const ns = os::now_ns(os::Clock::Realtime).value_or(0);
    return std::chrono::sys_seconds{
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::nanoseconds{ns})
    };
}

Response answer_of(Denial const& denial) {
    auto out = net::server::problem(denial.status, denial.failure, denial.detail);
    if (denial.wait) out.headers.emplace_back("Retry-After", std::to_string(denial.wait->count()));
    auto const end = out.body.rfind('}');
    if (denial.rule.empty() || end == std::string::npos) return out;
    out.body.insert(end, R"(,"rule":")" + denial.rule + '"'); // letters, dots and dashes
    return out;
}

Response cbor_answer(std::vector<std::byte> const& body) {
    return {
        .type = std::string{protocol::provision::cbor_type},
        .body = std::string{base::text_of(body)}
    };
}

Api::Api(Parts const& parts)
    : parts_{parts},
      releaser_{
          {.settings = parts.settings,
           .authority = parts.authority,
           .keys = parts.keys,
           .anchors = parts.anchors,
           .store = parts.store,
           .sealer = parts.sealer,
           .log = parts.log}
      },
      access_{parts.settings},
      knocks_{knocks_per_minute},
      addresses_{parts.settings.per_address.per_minute},
      workers_{parts.settings.queue} {
    metrics_.counter("enarx_attest_total", "Decisions about Keeps, by step, result and rule.");
    metrics_.histogram(
        "enarx_attest_seconds",
        "Time of a decision, without waiting for its turn.",
        {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1}
    );
    metrics_.counter("enarx_published_total", "Deployments that tenants published, by result.");
    metrics_.counter("enarx_verify_total", "Evidence that was judged on request, by result.");
    metrics_.gauge("enarx_queue", "Requests that wait for a decision.");
    metrics_.gauge("enarx_log_size", "Lines of the log that are published.");
}

os::OrFailure<std::unique_ptr<Api>> Api::create(Parts const& parts) {
    std::unique_ptr<Api> out{new Api{parts}};
    TRY(out->workers_.start(threads));
    return out;
}

net::server::Guard Api::by_address() {
    return [this](Request const&, Client& client) -> std::optional<Response> {
        auto const address = client.address();
        auto const wait = addresses_.take(address ? address->network() : "", Buckets::Clock::now());
        if (!wait) return {};
        return too_often(*wait);
    };
}

void Api::give(Workers::Task task, std::shared_ptr<net::server::Answer> const& answer) {
    constexpr unsigned unavailable = 503;
    if (!workers_.offer(task))
        (*answer)(net::server::problem(
            unavailable, "service-busy", "too many requests wait for a decision"
        ));
}

net::server::Later Api::on_worker(Handler handler) {
    return [this,
            handler =
                std::move(handler)](Request request, Client& client, net::server::Answer answer) {
        auto shared = std::make_shared<net::server::Answer>(std::move(answer));
        give(
            [handler, request = std::move(request), key = client.public_key(), shared] {
                (*shared)(handler(request, key));
            },
            shared
        );
    };
}

net::server::Router Api::for_everybody() {
    net::server::Router router;
    add_keeps(router);
    add_tenants(router);
    add_public(router);
    add_verifier(router);
    add_pages(router, Door::Everybody);
    return router;
}

} // namespace service
