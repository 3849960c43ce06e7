#pragma once

// A tenant at one end of a socket, step by step, so that a test can leave out or spoil each.

#include "attest/provision/grant.hpp"
#include "crypto/cose_sign1.hpp"
#include "crypto/digest.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "keep/exec/net/tls_stream.hpp"
#include "keep/exec/provision/reception.hpp"
#include "net/frames.hpp"
#include "os/socket.hpp"
#include "package/oci/layer.hpp"
#include "package/tar/writer.hpp"
#include "protocol/provision/deployment.hpp"

#include <map>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace exec::provision::testing {

namespace wire = protocol::provision;
namespace authenticator = crypto::authenticator;

// A listening socket without a name in any folder.
struct Door {
    os::Fd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    socklen_t size = sizeof(sa_family_t);

    Door() {
        address.sun_family = AF_UNIX;
        EXPECT_EQ(::bind(listener.number(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener.number(), 64), 0);
        size = sizeof address;
        ::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size);
    }
    os::Fd knock() const {
        os::Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (!socket) return socket; // the handshake on it fails
        EXPECT_EQ(::connect(socket.number(), reinterpret_cast<sockaddr const*>(&address), size), 0);
        return socket;
    }
    os::Fd share() const { return os::Fd{::dup(listener.number())}; }
};

// A plain package of these files.
struct TestPackage {
    std::map<std::string, std::string> blobs; // by digest
    std::string digest;

    explicit TestPackage(std::map<std::string, std::string> const& files) {
        std::string archive;
        auto const add = [&](base::View bytes) { archive += base::text_of(bytes); };
        for (auto const& [path, contents] : files) {
            add(package::tar::header(
                {.path = path, .type = package::tar::Type::File, .size = contents.size()}
            ));
            archive += contents;
            archive.resize(archive.size() + package::tar::padding(contents.size()));
        }
        archive.resize(archive.size() + package::tar::end_size);
        auto const layer = keep(archive);
        package::oci::Config config;
        config.workload = std::string(64, '0');
        config.configuration = config.workload;
        config.layers = {archive.size()};
        auto const config_text = package::oci::encode(config);
        auto const config_digest = keep(config_text);
        digest = keep(
            package::oci::encode(
                package::oci::Manifest{
                    .config =
                        {.media_type = std::string{package::oci::config_type},
                         .digest = config_digest,
                         .size = config_text.size()},
                    .layers = {
                        {.media_type = std::string{package::oci::plain_layer_type},
                         .digest = layer,
                         .size = archive.size()}
                    }
                }
            )
        );
    }
    std::string keep(std::string const& blob) {
        auto const name = package::oci::digest_of(base::view_of(blob));
        blobs[name] = blob;
        return name;
    }
};

inline crypto::TlsCredential credential_of(crypto::P256SigningKey const& key) {
    auto const pem = *key.pem();
    return *crypto::TlsCredential::self_signed(
        *crypto::TlsKey::from_pem(base::text_of(pem.view())), {}, crypto::testing::now()
    );
}

// What a tenant has, and what it signs.
struct TestTenant {
    crypto::P256SigningKey key = *crypto::P256SigningKey::generate();
    crypto::P256SigningKey grantor = *crypto::P256SigningKey::generate();

    Bytes deployment(wire::Deployment change) const {
        auto const grantor_digest = crypto::sha256(grantor.public_key());
        change.name = "shop/api";
        change.serial = 14;
        change.grantors = {grantor_digest};
        change.hardware = false;
        return *crypto::sign_message(key, wire::deployment_type, wire::encode(change));
    }
};

// One connection of somebody to a Keep.
class TestVisit {
public:
    TestVisit(os::Fd socket, crypto::P256SigningKey const& shown)
        : context_{*crypto::TlsContext::client(
              credential_of(shown), {.authorities = {}, .alpn = {}, .any_certificate = true}
          )},
          stream_{std::move(socket), *context_.connect("keep")},
          own_key_{shown.public_key()} {}
    // Somebody who shows no key, on a port of the application.
    explicit TestVisit(os::Fd socket, std::vector<std::string> const& alpn = {"enarx-ready/1"})
        : context_{*crypto::TlsContext::client(
              {.authorities = {}, .alpn = alpn, .any_certificate = true}
          )},
          stream_{std::move(socket), *context_.connect("keep")} {}

    bool shake_hands() {
        while (true) {
            auto const done = stream_.advance_handshake();
            if (!done) return false;
            if (*done) return true;
            auto entry = stream_.wait_entry();
            (void)os::poll({&entry, 1}, os::Milliseconds{10'000});
        }
    }
    void say(wire::FrameType type, Bytes const& body) {
        (void)::net::put_frame(stream_.session(), type, body);
        (void)stream_.flush();
    }
    void leave() {
        stream_.session().close();
        (void)stream_.flush();
    }
    // The next frame, and a copy of its body; nothing: the connection is over.
    struct Heard {
        wire::FrameType type = wire::FrameType::Refuse;
        Bytes body;
    };
    std::optional<Heard> hear() {
        while (true) {
            auto const frame = reader_.next(stream_.session(), wire::Trust::Accepted);
            if (!frame) return {};
            if (*frame)
                return Heard{
                    .type = (*frame)->type, .body = {(*frame)->body.begin(), (*frame)->body.end()}
                };
            if (!stream_.pull_waiting()) return {};
        }
    }
    // The name in a refusal that comes next, after texts for people; else what came.
    std::string refusal() {
        while (auto const heard = hear()) {
            if (heard->type == wire::FrameType::Stream) continue;
            if (heard->type == wire::FrameType::Refuse)
                return std::string{*wire::decode_text(heard->body, 64)};
            return "frame " + std::to_string(static_cast<int>(heard->type));
        }
        return "over";
    }

    // Hello and request; the Keep's answer, judged. Null: it was not accepted.
    std::optional<attest::provision::AttestedChannel>
    attest(wire::Purpose purpose, bool hello = true, wire::Role role = wire::Role::Tenant) {
        if (hello) say(wire::FrameType::Hello, wire::encode(wire::Hello{.suite = 2, .role = role}));
        Bytes nonce;
        nonce.assign(32, std::byte(++nonce_));
        auto const request = authenticator::request(authenticator::End::Server, nonce);
        say(wire::FrameType::Request, wire::encode_bytes(request));
        auto const first = hear();
        if (!first || first->type != wire::FrameType::Authenticator) return {};
        auto const second = hear();
        if (!second || second->type != wire::FrameType::Binding) return {};
        auto const channel =
            *crypto::BoundChannel::of(stream_.session(), authenticator::End::Server, request);
        attest::Endorsements const endorsements;
        auto const roots = attest::Roots::builtin();
        auto const policy = attest::Policy::authentic();
        auto const measurements = attest::Measurements::unbound();
        auto const answer = attest::provision::accept(
            channel,
            {.authenticator = *wire::decode_bytes(first->body, 1 << 16),
             .binding = wire::decode_binding_body(second->body)->binding},
            {.purpose = purpose, .suite = 2, .own_key = own_key_},
            {.endorsements = endorsements,
             .roots = roots,
             .policy = policy,
             .measurements = measurements,
             .at = crypto::testing::now(),
             .allow_no_hardware = true}
        );
        if (answer.channel() == nullptr) return {};
        return *answer.channel();
    }
    void grant(
        attest::provision::AttestedChannel const& channel,
        crypto::P256SigningKey const& grantor,
        attest::provision::GrantWish const& wish
    ) {
        say(wire::FrameType::Grant,
            wire::encode_bytes(*attest::provision::seal_grant(channel, grantor, wish)));
    }
    // Gives what is wanted, until the Keep says something else; that.
    std::optional<Heard> serve(std::map<std::string, std::string> const& blobs) {
        while (auto heard = hear()) {
            if (heard->type != wire::FrameType::Want) return heard;
            auto const want = *wire::decode_want(heard->body);
            auto const found = blobs.find(package::oci::digest_text(want.digest));
            base::View rest;
            if (found != blobs.end()) rest = base::view_of(found->second);
            rest = rest.subspan(std::min<std::size_t>(want.offset, rest.size()));
            rest = rest.first(std::min(rest.size(), wire::largest_blob_part));
            say(wire::FrameType::Blob,
                wire::encode(
                    wire::Blob{.digest = want.digest, .offset = want.offset, .bytes = rest}
                ));
        }
        return {};
    }
    wire::State state(std::optional<Heard> const& heard) const {
        if (!heard || heard->type != wire::FrameType::Status) return wire::State::Ended;
        return wire::decode_status(heard->body)->state;
    }
    net::TlsStream& stream() { return stream_; }

private:
    crypto::TlsContext context_;
    net::TlsStream stream_;
    ::net::FrameReader reader_;
    Bytes own_key_;
    unsigned nonce_ = 0;
};

} // namespace exec::provision::testing
