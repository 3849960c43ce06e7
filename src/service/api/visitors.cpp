// Who asks, at which door; and how a browser is let in and leaves.

#include "net/server/own_name.hpp"
#include "service/api/api.hpp"
#include "service/api/form.hpp"
#include "service/page/page.hpp"

namespace service {

namespace {

using net::server::problem;
using net::server::Response;

constexpr unsigned see_other = 303;
constexpr unsigned unauthorized = 401;
constexpr unsigned forbidden = 403;
constexpr unsigned too_many = 429;
constexpr std::size_t largest_form = 2048;

// The prefix has browsers take it from this host alone, over TLS or at loopback (RFC
// 6265bis, 4.1.3).
std::string_view cookie_of(bool operators) {
    return operators ? "__Host-enarx-operator" : "__Host-enarx-steward";
}

Response to_the_page(std::string cookie) {
    return {
        .status = see_other,
        .type = "",
        .headers = {
            {"Location", "/"}, {"Set-Cookie", std::move(cookie)}, {"Cache-Control", "no-store"}
        }
    };
}

std::string cookie_text(bool operators, std::string_view value, std::chrono::seconds life) {
    return std::string{cookie_of(operators)} + '=' + std::string{value} +
           "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count());
}

} // namespace

bool is_from_elsewhere(net::server::Request const& request) {
    return from_elsewhere(
        {request.header("origin"), request.header("host"), request.header("sec-fetch-site")}
    );
}

Response page_answer(std::string html, unsigned status) {
    return {
        .status = status,
        .type = "text/html; charset=utf-8",
        .body = std::move(html),
        .headers = {
            {"Content-Security-Policy",
             "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
             "frame-ancestors 'none'; base-uri 'none'"},
            {"X-Frame-Options", "DENY"},
            {"X-Content-Type-Options", "nosniff"},
            {"Referrer-Policy", "same-origin"}, // no-referrer would have forms say no origin
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Cache-Control", "no-store"},
        }
    };
}

Response stranger_answer(std::optional<std::chrono::seconds> wait) {
    auto out =
        wait ? problem(too_many, "rate-limited", "too many wrong tokens came from there")
             : problem(unauthorized, "visitor-unknown", "this is for those whom the service knows");
    if (wait) {
        out.headers.emplace_back("Retry-After", std::to_string(wait->count()));
    } else {
        out.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    return out;
}

bool Api::admitted(Door door, Visitor const& visitor) {
    return (door == Door::Operator) == (visitor.role == Visitor::Role::Operator);
}

std::optional<std::chrono::seconds> Api::knock(Client& client) {
    auto const address = client.address();
    return knocks_.take(address ? address->network() : "", Buckets::Clock::now());
}

Caller Api::caller(Door door, Request const& request, Client& client) {
    bool const operators = door == Door::Operator;
    if (operators && !access_.operator_is_named())
        return {.visitor = Visitor{.role = Visitor::Role::Operator}};
    Caller out;
    auto const shown = request.header("authorization");
    if (!shown.empty()) {
        auto const token = bearer_token(shown);
        if (token) out.visitor = access_.with_token(*token);
        if (out.visitor && !admitted(door, *out.visitor)) out.visitor.reset();
        if (!out.visitor) out.wait = knock(client);
        return out;
    }
    auto const cookie = cookie_named(request.header("cookie"), cookie_of(operators));
    out.visitor = sessions_.find(cookie, Sessions::Clock::now());
    if (out.visitor && !admitted(door, *out.visitor)) out.visitor.reset();
    out.by_cookie = out.visitor.has_value();
    if (!out.visitor && !operators) out.visitor = access_.with_key(client.public_key());
    return out;
}

net::server::Later Api::for_callers(Door door, CallerHandler handler) {
    return [this, door, handler = std::move(handler)](
               Request request, Client& client, net::server::Answer answer
           ) {
        auto shared = std::make_shared<net::server::Answer>(std::move(answer));
        auto const who = caller(door, request, client);
        give(
            [handler, request = std::move(request), who, shared] {
                (*shared)(handler(request, who));
            },
            shared
        );
    };
}

net::server::Guard Api::at_the_door(Door door) {
    if (door == Door::Everybody) return by_address();
    return [](Request const& request, Client&) -> std::optional<Response> {
        if (net::server::names_this_machine(request.header("host"))) return {};
        return problem(
            forbidden,
            "request-invalid",
            "the operator's listener is reached as localhost or by its address, and by no other "
            "name"
        );
    };
}

Response Api::log_in(Door door, Request const& request, Client& client) {
    bool const operators = door == Door::Operator;
    auto const again = [&](unsigned status, Knock knock) {
        return page_answer(login_text(parts_.settings.name, operators, knock), status);
    };
    if (is_from_elsewhere(request)) return again(forbidden, Knock::Elsewhere);
    if (auto const wait = knock(client)) {
        auto out = again(too_many, Knock::TooOften);
        out.headers.emplace_back("Retry-After", std::to_string(wait->count()));
        return out;
    }
    auto const token = form_field(request.text(), "token");
    auto const visitor = token ? access_.with_token(*token) : std::nullopt;
    if (!visitor || !admitted(door, *visitor)) return again(forbidden, Knock::Unknown);
    auto const cookie = sessions_.begin(*visitor, Sessions::Clock::now());
    constexpr unsigned internal = 500;
    if (!cookie) return problem(internal, "internal", "there are no random numbers");
    return to_the_page(cookie_text(operators, *cookie, Sessions::life));
}

Response Api::log_out(Door door, Request const& request) {
    bool const operators = door == Door::Operator;
    if (is_from_elsewhere(request))
        return page_answer(
            login_text(parts_.settings.name, operators, Knock::Elsewhere), forbidden
        );
    sessions_.end(cookie_named(request.header("cookie"), cookie_of(operators)));
    return to_the_page(cookie_text(operators, "", std::chrono::seconds{0}));
}

void Api::add_doors(net::server::Router& router, Door door) {
    router.add(
        {.method = "POST",
         .pattern = "/login",
         .handler = [this, door](
                        Request const& request, Client& client
                    ) { return log_in(door, request, client); },
         .body = largest_form,
         .guard = at_the_door(door)}
    );
    router.add(
        {.method = "POST",
         .pattern = "/logout",
         .handler = [this,
                     door](Request const& request, Client&) { return log_out(door, request); },
         .body = largest_form,
         .guard = at_the_door(door)}
    );
}

} // namespace service
