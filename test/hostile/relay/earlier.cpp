#include "relay/earlier.hpp"

#include "base/hex.hpp"
#include "relay/end.hpp"
#include "relay/record.hpp"
#include "relay/visit.hpp"

#include <cstdio>

namespace relay {

namespace wire = protocol::provision;
using crypto::BoundChannel;
using crypto::authenticator::End::Server;
using wire::FrameType;

namespace {

std::vector<std::string> protocols() { return {"enarx-keep/1"}; }

} // namespace

int ask(std::string const& socket, std::string const& folder) {
    auto visited = visit(socket, *crypto::P256SigningKey::generate());
    if (!visited) return 1;
    auto const channel = visited->channel();
    Record::of(channel, visited->authenticator, visited->binding).write(folder);
    std::puts(base::hex(channel.peer_key()).c_str());
    visited->keep.close();
    return 0;
}

int show(ShowWish const& wish) {
    auto const context = *crypto::TlsContext::server(
        credential_of(wish.key),
        {.authorities = {}, .any_client_certificate = true, .alpn = protocols()}
    );
    auto const listener = listen_at(wish.front);
    End tenant{next_visitor(listener), *context.accept()};
    if (!tenant.shake_hands() || !tenant.hear()) return 1; // its hello
    auto const asked = tenant.hear();
    if (!asked || asked->type != FrameType::Request) return 1;
    auto const request = *wire::decode_bytes(asked->body, 4096);
    auto const channel = *BoundChannel::of(tenant.session(), Server, request);
    auto const record = Record::read(wish.folder);
    tenant.say(
        FrameType::Authenticator,
        wire::encode_bytes(wish.resign ? record.resigned(channel, wish.key) : record.authenticator)
    );
    tenant.say(FrameType::Binding, wire::encode(wire::BindingBody{record.binding, {}}));
    std::string up = "1,2";
    while (auto const heard = tenant.hear())
        up += ',' + std::to_string(static_cast<int>(heard->type));
    std::printf("{\"up\":[%s],\"down\":[3,4]}\n", up.c_str());
    return 0;
}

} // namespace relay
