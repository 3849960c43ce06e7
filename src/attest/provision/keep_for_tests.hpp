#pragma once

// A Keep without hardware at one end of a TLS connection, and who judges it at the other, for tests
// of what each rule refuses.

#include "attest/provision/attested_channel.hpp"
#include "crypto/digest.hpp"
#include "crypto/hpke.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "protocol/evidence/evidence.hpp"
#include "protocol/provision/cmw.hpp"
#include "protocol/provision/frame.hpp"

#include <functional>

namespace crypto {

struct BoundChannelForTests {
    // Of the connection, but with what binds evidence to it taken from the request alone: what a
    // protocol would have that binds a nonce and a key and no channel.
    static BoundChannel bound_to_the_nonce_only(BoundChannel channel) {
        auto const digest = sha256(channel.request_);
        channel.exported_.assign(digest.begin(), digest.end());
        return channel;
    }
    static BoundChannel resumed(BoundChannel channel) {
        channel.resumed_ = true;
        return channel;
    }
    static BoundChannel older(BoundChannel channel) {
        channel.tls_1_3_ = false;
        return channel;
    }
};

} // namespace crypto

namespace attest::provision::testing {

namespace authenticator = crypto::authenticator;
using Bytes = std::vector<std::byte>;

inline Bytes bytes(base::View view) { return {view.begin(), view.end()}; }
inline Bytes filled(std::size_t size, unsigned value) {
    Bytes out;
    out.assign(size, std::byte(value));
    return out;
}

// What a Keep is born with.
struct Keep {
    crypto::TlsCredential identity = crypto::testing::credential({"keep"});
    crypto::hpke::Key recipient = *crypto::hpke::Key::generate(crypto::hpke::Suite::XWing);

    Bytes identity_key() const { return identity.public_key(); }
};

// Makes a Keep's answer, field by field, so that a test can spoil each.
struct Answering {
    Keep const& keep;
    crypto::BoundChannel const& channel; // as the Keep sees it
    std::optional<base::View> peer = {};
    std::optional<protocol::provision::Loaded> loaded = {};
    std::function<void(protocol::provision::Binding&)> spoil = [](auto&) {};
    std::function<void(Bytes&)> spoil_encoded = [](auto&) {};
    std::function<Bytes(base::View report_data)> evidence = {};      // none: that of no hardware
    std::optional<protocol::evidence::Measurement> measurement = {}; // in that

    struct Made {
        Bytes authenticator;
        Bytes binding;
        Offer offer() const { return {.authenticator = authenticator, .binding = binding}; }
    };
    Made make() const {
        auto const identity_key = keep.identity_key();
        auto const binder = channel.binder(identity_key);
        auto const orders = filled(32, 5);
        auto const instance = filled(16, 6);
        protocol::provision::Binding binding{
            .suite = 2,
            .end = protocol::provision::End(channel.keep_is()),
            .identity_key = identity_key,
            .recipient_key = loaded ? base::View{} : keep.recipient.public_key(),
            .binder = binder,
            .peer = peer,
            .orders = orders,
            .instance = instance,
            .loaded = loaded
        };
        spoil(binding);
        auto encoded = protocol::provision::encode(binding);
        spoil_encoded(encoded);
        auto const purpose = binding.purpose();
        auto const report_data =
            crypto::sha512(protocol::provision::report_data_input(purpose, encoded));
        auto const made = evidence ? evidence(report_data)
                                   : protocol::evidence::encode(
                                         protocol::evidence::NoHardwareBound{
                                             .purpose = protocol::provision::text_of(purpose),
                                             .binding = encoded,
                                             .measurement = measurement,
                                             .report_data = report_data
                                         }
                                     );
        return {
            .authenticator = *authenticator::make(
                channel.secrets(),
                channel.request(),
                keep.identity,
                protocol::provision::wrapped_evidence(made)
            ),
            .binding = encoded
        };
    }
};

// A connection to a server that shows `credential`.
struct Connection {
    crypto::TlsContext server;
    crypto::TlsContext client;
    crypto::testing::TlsPair ends;

    explicit Connection(crypto::TlsCredential const& credential)
        : server{*crypto::TlsContext::server(credential, {})},
          client{*crypto::TlsContext::client(
              crypto::testing::credential({"tenant"}),
              {.authorities = {}, .alpn = {}, .any_certificate = true}
          )},
          ends{.client = *client.connect("keep"), .server = *server.accept()} {
        if (!ends.handshake()) std::abort();
    }

    crypto::BoundChannel seen_by_client(base::View request) const {
        return *crypto::BoundChannel::of(ends.client, authenticator::End::Server, request);
    }
    crypto::BoundChannel seen_by_server(base::View request) const {
        return *crypto::BoundChannel::of(ends.server, authenticator::End::Server, request);
    }
};

inline Bytes request(unsigned nonce = 7) {
    return authenticator::request(authenticator::End::Server, filled(32, nonce));
}

} // namespace attest::provision::testing
