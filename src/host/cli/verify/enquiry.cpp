#include "host/cli/verify/enquiry.hpp"

#include "base/printable.hpp"
#include "host/cli/report.hpp"
#include "protocol/failure/failure.hpp"
#include "protocol/provision/frame.hpp"

namespace host::cli {

namespace wire = protocol::provision;
using Bytes = std::vector<std::byte>;

namespace {

constexpr std::chrono::seconds patience{30}; // for the answer
constexpr std::size_t largest_authenticator = wire::largest_early;

std::unexpected<os::Failure> unreachable(net::WebAddress const& address, std::string const& why) {
    return failure("host-unreachable", address.text() + ": " + base::printable(why));
}

std::unexpected<os::Failure> other_protocol(std::string const& what) {
    return failure("protocol-version", "the Keep sent " + what);
}

os::OrFailure<net::Channel>
connect(net::WebAddress const& address, std::vector<std::string> authorities) {
    auto channel = net::Channel::connect(address.host, address.port, {});
    if (!channel) return unreachable(address, channel.error().text);
    bool const any = authorities.empty();
    net::TlsWish const wish{
        .authorities = std::move(authorities),
        .anonymous = true,
        .any_certificate = any,
        .alpn = {std::string{wire::ready_alpn}},
        .also_tls_1_2 = false
    };
    auto const greeted = channel->start_tls(address.host, wish);
    if (!greeted && greeted.error().untrusted)
        return failure(
            "tls-certificate-untrusted",
            address.text() + ": " + base::printable(greeted.error().text)
        );
    if (!greeted)
        return failure("no-keep", address.text() + ": " + base::printable(greeted.error().text));
    if (channel->tls()->alpn() != wire::ready_alpn)
        return failure("no-keep", address.text() + " speaks TLS, but not for a Keep");
    channel->end_by(net::Clock::now() + patience);
    return std::move(*channel);
}

// All of `out`; false: the server ended the connection.
net::OrTrouble<bool> fill(net::Channel& channel, std::span<std::byte> out) {
    while (!out.empty()) {
        auto const count = TRY(channel.read(out));
        if (count == 0) return false;
        out = out.subspan(count);
    }
    return true;
}

struct Heard {
    Bytes bytes;
    wire::Frame frame; // refers to them
};

os::OrFailure<Bytes> read_frame(net::Channel& channel, net::WebAddress const& address) {
    base::Bytes<wire::header_size> header{};
    auto const read = fill(channel, header);
    if (!read) return unreachable(address, read.error().text);
    if (!*read) return unreachable(address, "it has ended the connection without an answer");
    auto const length = wire::announced(header, wire::Trust::None);
    if (!length) return other_protocol("a message of no length that is known here");
    Bytes out(*length);
    auto const rest = fill(channel, out);
    if (!rest) return unreachable(address, rest.error().text);
    if (!*rest) return unreachable(address, "it has ended the connection in its answer");
    return out;
}

std::unexpected<os::Failure> refused(wire::Frame const& frame) {
    auto const name = wire::decode_text(frame.body, 64);
    auto const* const kind = name ? protocol::find_failure(*name) : nullptr;
    if (kind == nullptr) return other_protocol("a refusal without a reason");
    return failure(kind->name, "the Keep gives no evidence: " + std::string{kind->summary});
}

// The body of the next frame, which has to be of that type.
os::OrFailure<Bytes>
hear(net::Channel& channel, net::WebAddress const& address, wire::FrameType wanted) {
    auto const bytes = TRY(read_frame(channel, address));
    auto const frame = wire::decode_frame(bytes, wire::Trust::None);
    if (!frame) return other_protocol("a message of another form");
    if (frame->type == wire::FrameType::Refuse) return refused(*frame);
    if (frame->type != wanted) return other_protocol("another message than its answer");
    return Bytes{frame->body.begin(), frame->body.end()};
}

} // namespace

os::OrFailure<Enquired>
enquire(net::WebAddress const& address, std::vector<std::string> authorities, base::View nonce) {
    auto connection = TRY(connect(address, std::move(authorities)));
    auto const request = crypto::authenticator::request(crypto::authenticator::End::Server, nonce);
    for (auto const& frame :
         {wire::encode_frame(
              wire::FrameType::Hello,
              wire::encode(wire::Hello{.suite = 2, .role = wire::Role::User})
          ),
          wire::encode_frame(wire::FrameType::Request, wire::encode_bytes(request))})
        if (auto const said = connection.write(frame); !said)
            return unreachable(address, said.error().text);
    auto const first = TRY(hear(connection, address, wire::FrameType::Authenticator));
    auto const second = TRY(hear(connection, address, wire::FrameType::Binding));
    auto const authenticator = wire::decode_bytes(first, largest_authenticator);
    auto const body = wire::decode_binding_body(second);
    if (!authenticator || !body) return other_protocol("an answer of another form");
    auto channel =
        crypto::BoundChannel::of(*connection.tls(), crypto::authenticator::End::Server, request);
    if (!channel) return failure("internal", "no keys of the connection");
    std::vector<Bytes> hints;
    for (auto const hint : body->endorsements) hints.emplace_back(hint.begin(), hint.end());
    return Enquired{
        .connection = std::move(connection),
        .channel = std::move(*channel),
        .authenticator = {authenticator->begin(), authenticator->end()},
        .binding = {body->binding.begin(), body->binding.end()},
        .hints = std::move(hints)
    };
}

} // namespace host::cli
