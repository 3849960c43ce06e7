#include "relay/doubles.hpp"

#include "attest/provision/grant.hpp"
#include "attest/provision/keep_for_tests.hpp"
#include "crypto/p256_signing_key.hpp"
#include "relay/end.hpp"
#include "relay/judge.hpp"
#include "relay/record.hpp"
#include "relay/visit.hpp"

#include <cstdio>
#include <fstream>

namespace relay {

namespace authenticator = crypto::authenticator;
namespace provision = attest::provision;
namespace wire = protocol::provision;
using crypto::BoundChannel;
using wire::FrameType;

namespace {

std::vector<std::string> protocols() { return {"enarx-keep/1"}; }

BoundChannel seen(crypto::TlsSession const& session, base::View request, bool nonce_only) {
    auto out = *BoundChannel::of(session, authenticator::End::Server, request);
    if (!nonce_only) return out;
    return crypto::BoundChannelForTests::bound_to_the_nonce_only(std::move(out));
}

} // namespace

int be_keep(DoubleWish const& wish) {
    auto const key = *crypto::P256SigningKey::generate();
    provision::testing::Keep const keep{.identity = credential_of(key)};
    auto const pem = *key.pem();
    std::ofstream{wish.key_out} << base::text_of(pem.view());
    auto const context = *crypto::TlsContext::server(
        keep.identity, {.authorities = {}, .any_client_certificate = true, .alpn = protocols()}
    );
    auto const listener = listen_at(wish.socket);
    End end{next_visitor(listener), *context.accept()};
    if (!end.shake_hands() || !end.hear()) return 1; // its hello
    auto const asked = end.hear();
    if (!asked || asked->type != FrameType::Request) return 1;
    auto const channel =
        seen(end.session(), *wire::decode_bytes(asked->body, 4096), wish.nonce_only);
    auto const peer = crypto::sha256(end.session().peer_public_key());
    std::optional<base::View> bound;
    if (!wish.nonce_only) bound = peer;
    auto const made =
        provision::testing::Answering{.keep = keep, .channel = channel, .peer = bound}.make();
    end.say(FrameType::Authenticator, wire::encode_bytes(made.authenticator));
    end.say(FrameType::Binding, wire::encode(wire::BindingBody{made.binding, {}}));
    auto const grant = end.hear();
    std::puts(grant && grant->type == FrameType::Grant ? "granted" : "nothing");
    return 0;
}

int be_tenant(DoubleWish const& wish) {
    auto const grantor = *crypto::P256SigningKey::generate();
    auto visited = visit(wish.socket, grantor);
    if (!visited) return 1;
    auto const own = grantor.public_key();
    auto& end = visited->keep;
    auto const answer = judged(
        seen(end.session(), visited->request, wish.nonce_only),
        visited->offer(),
        wish.nonce_only ? base::View{} : own
    );
    if (answer.channel() == nullptr) {
        std::puts(verdict_of(answer).c_str());
        return 0;
    }
    Bytes const deployment(40, std::byte{9});
    auto const grant = *provision::seal_grant(
        *answer.channel(), grantor, {.deployment = deployment, .package_key = {}, .secrets = {}}
    );
    end.say(FrameType::Grant, wire::encode_bytes(grant));
    std::puts("accepted");
    (void)end.hear(); // until the Keep has ended it
    return 0;
}

} // namespace relay
