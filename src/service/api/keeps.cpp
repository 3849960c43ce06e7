// Requests of Keeps: a challenge, and what answers it.

#include "base/hex.hpp"
#include "os/random.hpp"
#include "protocol/provision/pull.hpp"
#include "service/api/api.hpp"

#include <algorithm>

namespace service {

namespace {

namespace wire = protocol::provision;
namespace authenticator = crypto::authenticator;
using net::server::problem;

constexpr std::uint8_t suite = 2; // crypto/hpke.hpp
constexpr std::size_t nonce_size = 32;
constexpr std::size_t largest_wish = 4096;
constexpr unsigned bad_request = 400;

net::server::Response malformed(std::string_view field) {
    return problem(
        bad_request, "request-invalid", "the body is not as it has to be: " + std::string{field}
    );
}

std::string_view name_of_step(bool grant, bool renew) {
    if (grant) return "grant";
    return renew ? "renewal" : "certificate";
}

} // namespace

net::server::Response Api::challenge(Request const& request, Client& client) {
    auto const wish = wire::decode_challenge_wish(request.body);
    if (!wish) return malformed(wish.error().field);
    if (std::ranges::find(wish->versions, wire::version) == wish->versions.end())
        return problem(bad_request, "protocol-version", "this service speaks version 1");
    if (client.tls() == nullptr || client.public_key().empty())
        return problem(
            bad_request, "request-invalid", "a Keep shows the certificate of its identity key"
        );
    base::Bytes<nonce_size> nonce{};
    constexpr unsigned internal = 500;
    if (!os::random(nonce)) return problem(internal, "internal", "there are no random numbers");
    auto const asked = authenticator::request(authenticator::End::Client, nonce);
    auto channel = crypto::BoundChannel::of(*client.tls(), authenticator::End::Client, asked);
    if (!channel) return problem(internal, "internal", "the connection has no exporter");
    client.slot() =
        Exchange{.channel = *std::move(channel), .name = std::string{wish->name}, .suite = suite};
    return cbor_answer(
        wire::encode(wire::Challenge{.version = wire::version, .suite = suite, .request = asked})
    );
}

void Api::attest(Step step, Request request, Client& client, net::server::Answer answer) {
    auto* const asked = std::any_cast<Exchange>(&client.slot());
    if (asked == nullptr)
        return answer(problem(
            bad_request,
            "request-invalid",
            "nothing was asked on this connection: POST /v1/attest/challenge comes first"
        ));
    Exchange exchange = std::move(*asked);
    client.slot().reset(); // right or wrong, it is answered now
    auto shared = std::make_shared<net::server::Answer>(std::move(answer));
    give(
        [this, step, exchange = std::move(exchange), body = std::move(request.body), shared] {
            (*shared)(decide(step, exchange, body));
        },
        shared
    );
}

net::server::Response
Api::decide(Step step, Exchange const& exchange, std::vector<std::byte> const& body) {
    auto const attestation = wire::decode_attestation(body);
    if (!attestation) return malformed(attestation.error().field);
    auto const begin = std::chrono::steady_clock::now();
    auto const at = now();
    bool const grant = step == Step::Grant;
    auto const out = grant ? releaser_.grant(exchange, *attestation, at)
                           : releaser_.certify(exchange, *attestation, at);
    metrics_.observe(
        "enarx_attest_seconds",
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()
    );
    auto const name = name_of_step(grant, step == Step::Renew);
    Decision decision{
        .time = static_cast<std::uint64_t>(at.time_since_epoch().count()),
        .step = name,
        .deployment = exchange.name,
        .keep = base::hex(keep_name(exchange.channel.peer_key())),
        .rule = out ? std::string{} : out.error().rule,
        .failure = out ? std::string{} : std::string{out.error().failure},
        .detail = out ? std::string{} : out.error().detail
    };
    metrics_.add(
        "enarx_attest_total",
        {{"step", name}, {"result", out ? "accepted" : decision.failure}, {"rule", decision.rule}}
    );
    decisions_.add(std::move(decision));
    if (!out) return answer_of(out.error());
    return cbor_answer(*out);
}

void Api::add_keeps(net::server::Router& router) {
    router.add(
        {.method = "POST",
         .pattern = "/v1/attest/challenge",
         .handler =
             [this](Request const& request, Client& client) { return challenge(request, client); },
         .body = largest_wish,
         .guard = by_address()}
    );
    auto const answered = [this, &router](std::string pattern, Step step) {
        router.add(
            {.method = "POST",
             .pattern = std::move(pattern),
             .handler = [this, step](
                            Request request, Client& client, net::server::Answer answer
                        ) { attest(step, std::move(request), client, std::move(answer)); },
             .body = wire::largest_pull_body,
             .guard = by_address()}
        );
    };
    answered("/v1/attest", Step::Grant);
    answered("/v1/attest/ready", Step::Ready);
    answered("/v1/renew", Step::Renew);
}

} // namespace service
