#include "relay/visit.hpp"

#include "relay/record.hpp"

namespace relay {

namespace wire = protocol::provision;
using crypto::authenticator::End::Server;
using wire::FrameType;

crypto::BoundChannel Visit::channel() const {
    return *crypto::BoundChannel::of(keep.session(), Server, request);
}

std::optional<Visit> visit(std::string const& socket, crypto::P256SigningKey const& own) {
    std::vector<std::string> const protocols{"enarx-keep/1"};
    auto const context = *crypto::TlsContext::client(
        credential_of(own), {.authorities = {}, .alpn = protocols, .any_certificate = true}
    );
    End keep{connect_to(socket), *context.connect("keep")};
    if (!keep.shake_hands()) return {};
    keep.say(FrameType::Hello, wire::encode(wire::Hello{.suite = 2, .role = wire::Role::Tenant}));
    auto request = new_request(Server);
    keep.say(FrameType::Request, wire::encode_bytes(request));
    auto const first = keep.hear();
    auto const second = keep.hear();
    if (!first || !second) return {};
    auto const authenticator = *wire::decode_bytes(first->body, wire::largest_early);
    auto const binding = wire::decode_binding_body(second->body)->binding;
    return Visit{
        .keep = std::move(keep),
        .request = std::move(request),
        .authenticator = {authenticator.begin(), authenticator.end()},
        .binding = {binding.begin(), binding.end()}
    };
}

} // namespace relay
