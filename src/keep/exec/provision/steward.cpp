#include "keep/exec/provision/steward.hpp"

#include "base/printable.hpp"
#include "keep/exec/net/dial.hpp"
#include "keep/exec/provision/problem.hpp"
#include "net/http_answer.hpp"
#include "protocol/provision/pull.hpp"

#include <charconv>

namespace exec::provision {

namespace wire = protocol::provision;
using namespace std::chrono_literals;

namespace {

constexpr auto request_time = 30s; // from the first byte of it to the last of the answer
constexpr ::net::Patience patience{.connect = 10s, .stall = 20s};
constexpr ::net::AnswerLimits limits{
    .sunk = 0, .in_memory = wire::largest_pull_body, .header = 16U << 10
};
constexpr unsigned ok = 200;

std::unexpected<Unanswered> unreachable(std::string const& why) {
    return std::unexpected(
        Unanswered{
            .failure = {
                .name = "steward-unreachable",
                .text = "the attestation service gives no answer: " + base::printable(why)
            }
        }
    );
}

std::unexpected<Unanswered> from(::net::Trouble const& trouble) {
    if (!trouble.untrusted) return unreachable(trouble.text);
    return std::unexpected(
        Unanswered{
            .failure = {
                .name = "steward-untrusted",
                .text = "who answers for the attestation service has another key than the one that "
                        "was named"
            }
        }
    );
}

std::unexpected<Unanswered> no_answer_of_ours(std::string_view what) {
    return std::unexpected(
        Unanswered{
            .failure = {
                .name = "steward-answer-invalid",
                .text = "the attestation service answers something that no service does: " +
                        std::string{what}
            }
        }
    );
}

std::string head_of(::net::WebAddress const& at, std::string_view path, std::size_t size) {
    std::string const type{wire::cbor_type};
    return "POST " + at.prefix + std::string{path} + " HTTP/1.1\r\nHost: " + at.authority() +
           "\r\nContent-Type: " + type + "\r\nAccept: " + type +
           ", application/problem+json\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

} // namespace

os::OrFailure<PullOrder>
pull_order(std::string_view deployment, std::string_view steward, Digest const& pin) {
    auto at = ::net::WebAddress::parse(steward);
    if (!at || !at->tls)
        return std::unexpected(
            os::Failure{
                .name = "steward-unreachable",
                .text = '\'' + base::printable(steward) + "' is no https address of a service"
            }
        );
    return PullOrder{.deployment = std::string{deployment}, .steward = *std::move(at), .pin = pin};
}

OrUnanswered<void> Steward::connect() {
    auto const& at = order_.steward;
    std::uint16_t port = 0;
    auto const* const end = at.port.data() + at.port.size();
    if (std::from_chars(at.port.data(), end, port).ptr != end || port == 0)
        return unreachable("port " + at.port + " is none");
    auto socket = net::dial(at.host, port);
    if (!socket) return unreachable(socket.error().text);
    auto line = ::net::Channel::over(std::move(*socket), patience);
    auto const greeted = line.start_tls(
        at.host,
        {.authorities = {},
         .server_key = order_.pin,
         .credential = identity_,
         .alpn = {},
         .also_tls_1_2 = false}
    );
    if (!greeted) return from(greeted.error());
    line_ = std::move(line);
    return {};
}

OrUnanswered<Bytes> Steward::post(std::string_view path, base::View body) {
    line_->end_by(::net::Clock::now() + request_time);
    auto const asked = [&]() -> ::net::OrTrouble<::net::ReadAnswer> {
        TRY(line_->write(head_of(order_.steward, path, body.size())));
        TRY(line_->write(body));
        return ::net::read_answer(*line_, limits, false, nullptr);
    }();
    if (!asked) {
        line_.reset();
        return from(asked.error());
    }
    if (!asked->lasts) line_.reset();
    auto const& answer = asked->answer;
    if (answer.status != ok) return std::unexpected(unanswered_by(answer));
    auto const* const type = answer.header("content-type");
    if (type == nullptr || *type != wire::cbor_type) return no_answer_of_ours("no CBOR");
    return answer.body;
}

OrUnanswered<Bytes> Steward::exchange(std::string_view path, Visitor::Answerer const& answer) {
    auto const asked = TRY(
        post("/v1/attest/challenge", wire::encode(wire::ChallengeWish{.name = order_.deployment}))
    );
    auto const challenge = wire::decode_challenge(asked);
    if (!challenge) return no_answer_of_ours(challenge.error().field);
    if (challenge->version != wire::version || challenge->suite < 1 || challenge->suite > 2)
        return no_answer_of_ours("a version or suite that is not spoken here");
    if (!line_) return unreachable("it ends the connection that it asks about");
    auto const channel = crypto::BoundChannel::of(
        *line_->tls(), crypto::authenticator::End::Client, challenge->request
    );
    if (!channel) return no_answer_of_ours("no request for an authenticator");
    auto const made = answer(*channel, crypto::hpke::Suite(challenge->suite));
    if (!made) return std::unexpected(Unanswered{.failure = made.error(), .final = true});
    return post(
        path,
        wire::encode(
            wire::Attestation{
                .authenticator = made->authenticator,
                .binding = made->binding,
                .endorsements = made->endorsements()
            }
        )
    );
}

OrUnanswered<Bytes> Steward::attest(std::string_view path, Visitor::Answerer const& answer) {
    if (line_) {
        auto again = exchange(path, answer);
        // A server ends connections on which nothing was asked for a while.
        if (again || again.error().failure.name != "steward-unreachable") return again;
    }
    TRY(connect());
    return exchange(path, answer);
}

} // namespace exec::provision
