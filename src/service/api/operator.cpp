// What the operator sees, on a listener of its own.

#include "base/hex.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/api/api.hpp"

namespace service {

using net::server::problem;
using net::server::Response;

Response Api::metrics() {
    metrics_.set("enarx_queue", static_cast<double>(workers_.waiting()));
    metrics_.set("enarx_log_size", static_cast<double>(parts_.log.head().size));
    return {.type = std::string{net::server::metrics_type}, .body = metrics_.text()};
}

Response Api::ready() const {
    constexpr unsigned unavailable = 503;
    if (auto const trouble = parts_.log.trouble()) return problem(unavailable, *trouble);
    auto const leaves = parts_.store.leaves();
    if (!leaves) return problem(unavailable, leaves.error().failure);
    return {.type = "text/plain", .body = "ready\n"};
}

Response Api::revoke(Request const& request) {
    constexpr unsigned forbidden = 403;
    if (is_from_elsewhere(request))
        return problem(forbidden, "request-invalid", "another site has sent this");
    constexpr unsigned bad_request = 400;
    constexpr unsigned not_found = 404;
    Digest keep{};
    if (!base::unhex(request.part("keep"), keep))
        return problem(bad_request, "request-invalid", "a Keep is named by 64 digits");
    auto const at = static_cast<std::uint64_t>(now().time_since_epoch().count());
    auto const entry = protocol::provision::encode(
        protocol::provision::LogEntry{
            .time = at,
            .kind = protocol::provision::LogKind::Admin,
            .deployment = {},
            .keep_id = keep,
            .rule = "revoked",
            .digest = {},
            .accepted = true
        }
    );
    auto const done = parts_.store.revoke(keep, at, entry);
    if (!done && done.error().why == Why::Unknown) return problem(not_found, done.error().failure);
    if (!done && done.error().why != Why::Revoked) return answer_of(denial_of(done.error()));
    std::scoped_lock const lock{list_mutex_};
    list_.clear(); // the next one names it
    return {.type = "", .body = ""};
}

net::server::Router Api::for_the_operator() {
    net::server::Router router;
    auto const read = [&](std::string pattern, Handler handler) {
        router.add(
            {.method = "GET",
             .pattern = std::move(pattern),
             .handler = on_worker(std::move(handler))}
        );
    };
    router.add({.method = "GET", .pattern = "/metrics", .handler = [this](Request const&, Client&) {
                    return metrics();
                }});
    router.add({.method = "GET", .pattern = "/healthz", .handler = [](Request const&, Client&) {
                    return Response{.type = "text/plain", .body = "alive\n"};
                }});
    read("/readyz", [this](Request const&, auto const&) { return ready(); });
    add_pages(router, Door::Operator);
    router.add(
        {.method = "POST",
         .pattern = "/v1/keeps/{keep}/revoke",
         .handler = for_callers(
             Door::Operator,
             [this](Request const& request, Caller const& caller) {
                 return caller.visitor ? revoke(request) : stranger_answer(caller.wait);
             }
         ),
         .guard = at_the_door(Door::Operator)}
    );
    return router;
}

} // namespace service
