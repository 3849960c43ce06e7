#include "host/serve/api.hpp"

#include "host/serve/blob_sink.hpp"
#include "host/serve/wish_json.hpp"
#include "net/server/own_name.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace host::serve {

using net::server::Answer;
using net::server::Client;
using net::server::problem;
using net::server::Request;
using net::server::Response;

namespace {

constexpr std::uint64_t longest_wish = 64 << 10;
constexpr std::string_view protocol = "enarx-keep/1";
constexpr auto platform_life = std::chrono::seconds{10};

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool not_by_a_name(Request const& request) {
    return net::server::names_this_machine_or_an_address(request.header("host"));
}

Response no_such_keep() {
    return problem(404, "resource-unknown", "this customer has no Keep of that name");
}

Response no_digest() {
    return problem(400, "request-invalid", "the name of a blob is sha256: and 64 digits a-f, 0-9");
}

} // namespace

unsigned status_of(os::Failure const& failure) {
    struct Row {
        std::string_view name;
        unsigned status;
    };
    static constexpr auto rows = std::to_array<Row>({
        {"address-in-use", 409},
        {"backend-unavailable", 400},
        {"host-full", 503},
        {"keep-failed", 502},
        {"launch-failed", 503},
        {"not-permitted", 403},
        {"quota-exceeded", 429},
    });
    auto const* const found = std::ranges::find(rows, failure.name, &Row::name);
    return found == rows.end() ? 500 : found->status;
}

// No browser uses this API: a page that somebody looks at must not start Keeps on the host that
// it happens to run on.
std::optional<Response> Api::guard(Request const& request, Client& client) const {
    if (!request.header("origin").empty())
        return problem(403, "not-permitted", "requests of web pages are not answered");
    // Where nobody has to show anything, the name is what a page cannot choose: it may have a name
    // of its own lead here (DNS rebinding), and then there is no other origin.
    if (at_.accounts.everybody() && !not_by_a_name(request))
        return problem(
            403, "not-permitted", "without customers, Host has to be localhost or an address"
        );
    if (at_.accounts.who(request, client) != nullptr) return {};
    auto refusal = problem(
        401, "customer-unknown", "the request shows no token or client key that this host knows"
    );
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refusal;
}

package::Customer const& Api::customer(Request const& request, Client& client) const {
    return *at_.accounts.who(request, client); // the guard has seen to that
}

net::server::Router Api::router() {
    net::server::Router out;
    add_keeps(out);
    add_blobs(out);
    add_others(out);
    return out;
}

void Api::add_keeps(net::server::Router& router) {
    auto const known = [this](Request const& request, Client& client) {
        return guard(request, client);
    };
    using net::server::Later;
    router.add(
        {.method = "POST",
         .pattern = "/v1/keeps",
         .handler = Later{[this](Request const& request, Client& client, Answer answer) {
             create(request, client, std::move(answer));
         }},
         .body = longest_wish,
         .guard = known}
    );
    router.add(
        {.method = "GET",
         .pattern = "/v1/keeps",
         .handler = [this](Request const& request, Client& client) -> Response {
             return {.body = keeps_json(at_.keeps->all_of(customer(request, client)))};
         },
         .guard = known}
    );
    router.add(
        {.method = "GET",
         .pattern = "/v1/keeps/{id}",
         .handler =
             [this](Request const& request, Client& client) { return show(request, client); },
         .guard = known}
    );
    router.add(
        {.method = "DELETE",
         .pattern = "/v1/keeps/{id}",
         .handler = Later{[this](Request const& request, Client& client, Answer answer) {
             remove(request, client, std::move(answer));
         }},
         .guard = known}
    );
    router.add(
        {.method = "GET",
         .pattern = "/v1/keeps/{id}/channel",
         .handler = Later{[this](Request const& request, Client& client, Answer answer) {
             channel(request, client, std::move(answer));
         }},
         .guard = known}
    );
}

void Api::add_blobs(net::server::Router& router) {
    auto const known = [this](Request const& request, Client& client) {
        return guard(request, client);
    };
    router.add(
        {.method = "GET",
         .pattern = "/v1/blobs/{digest}",
         .handler = [this](Request const& request, Client&) { return blob(request); },
         .guard = known}
    );
    using Opened = base::Result<std::unique_ptr<net::server::Sink>, Response>;
    router.add(
        {.method = "PUT",
         .pattern = "/v1/blobs/{digest}",
         .handler =
             net::server::OpenSink{
                 [this](Request const& request, Client& client, std::optional<std::uint64_t> length)
                     -> Opened {
                     auto name = Blobs::name_of(request.part("digest"));
                     if (!name) return std::unexpected(no_digest());
                     auto sink = TRY(at_.blobs->receive(
                         *std::move(name),
                         customer(request, client).name,
                         length,
                         at_.loop->mailbox(),
                         *at_.worker
                     ));
                     return std::make_unique<HoldingSink>(
                         std::move(sink), at_.keeps->busy(customer(request, client))
                     );
                 }
             },
         .body = std::numeric_limits<std::uint64_t>::max(), // the cache says how much
         .guard = known}
    );
}

void Api::add_others(net::server::Router& router) {
    auto const known = [this](Request const& request, Client& client) {
        return guard(request, client);
    };
    router.add(
        {.method = "GET",
         .pattern = "/v1/platform",
         .handler = [this](Request const&, Client&) { return platform(); },
         .guard = known}
    );
    // For who looks after the host: from the host itself without a token.
    auto const from_here =
        [this](Request const& request, Client& client) -> std::optional<Response> {
        auto const address = client.address();
        bool const here = address && address->loopback();
        if (here && not_by_a_name(request)) return {};
        return guard(request, client);
    };
    router.add(
        {.method = "GET",
         .pattern = "/metrics",
         .handler = [this](Request const&, Client&) -> Response {
             return {.type = std::string{net::server::metrics_type}, .body = at_.metrics()};
         },
         .guard = from_here}
    );
    router.add({.method = "GET", .pattern = "/healthz", .handler = [](Request const&, Client&) {
                    return Response{.type = "text/plain", .body = "ok\n"};
                }});
}

void Api::create(Request const& request, Client& client, Answer answer) {
    // A form of a web page cannot send this type.
    auto const type = request.header("content-type");
    if (!request.body.empty() && !same_word(type.substr(0, type.find(';')), "application/json"))
        return answer(problem(415, "request-invalid", "the body must be application/json"));
    auto wish = parse_wish(request.text());
    if (!wish) return answer(problem(400, "request-invalid", wish.error()));
    auto const shared = std::make_shared<Answer>(std::move(answer));
    at_.keeps->create(
        customer(request, client),
        *std::move(wish),
        [shared](os::OrFailure<Keep const*> const& started) {
            if (!started) return (*shared)(problem(status_of(started.error()), started.error()));
            auto const& keep = **started;
            Response created{.status = 201, .body = keep_json(keep)};
            created.headers.emplace_back("Location", "/v1/keeps/" + keep.id);
            (*shared)(std::move(created));
        }
    );
}

Response Api::show(Request const& request, Client& client) const {
    auto const* keep = at_.keeps->find(customer(request, client), request.part("id"));
    if (keep == nullptr) return no_such_keep();
    return {.body = keep_json(*keep)};
}

void Api::remove(Request const& request, Client& client, Answer answer) {
    auto const shared = std::make_shared<Answer>(std::move(answer));
    bool const there = at_.keeps->remove(customer(request, client), request.part("id"), [shared] {
        (*shared)({.status = 204, .type = "", .body = ""});
    });
    if (!there) (*shared)(no_such_keep());
}

void Api::channel(Request const& request, Client& client, Answer answer) {
    auto const* keep = at_.keeps->find(customer(request, client), request.part("id"));
    if (keep == nullptr) return answer(no_such_keep());
    if (!same_word(request.header("upgrade"), protocol)) {
        auto refusal = problem(
            426, "request-invalid", "a channel needs the header Upgrade: " + std::string{protocol}
        );
        refusal.headers.emplace_back("Upgrade", protocol);
        return answer(std::move(refusal));
    }
    if (!keep->live()) return answer(problem(410, "keep-failed", "the Keep has ended"));
    auto const shared = std::make_shared<Answer>(std::move(answer));
    at_.keeps->open_channel(keep->id, [shared](os::OrFailure<os::Fd> socket) {
        if (!socket) return (*shared)(problem(status_of(socket.error()), socket.error()));
        Response switched{.status = 101};
        switched.tunnel.emplace(std::string{protocol}, *std::move(socket));
        (*shared)(std::move(switched));
    });
}

Response Api::blob(Request const& request) const {
    auto const name = Blobs::name_of(request.part("digest"));
    if (!name) return no_digest();
    auto file = at_.blobs->read(*name);
    if (!file) return problem(404, "resource-unknown", "the cache has no such blob");
    return {.type = "application/octet-stream", .file = *std::move(file)};
}

Response Api::platform() {
    auto const now = std::chrono::steady_clock::now();
    if (platform_text_.empty() || now - platform_asked_ > platform_life) {
        platform_text_ = at_.platform();
        platform_asked_ = now;
    }
    return {.body = platform_text_};
}

} // namespace host::serve
