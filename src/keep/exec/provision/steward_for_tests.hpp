#pragma once

// An attestation service of a test, which judges and grants as a real one, and before each answer
// asks the test whether it shall say something else.

#include "crypto/issue.hpp"
#include "crypto/log_for_tests.hpp"
#include "keep/exec/provision/pull.hpp"
#include "keep/exec/provision/tenant_for_tests.hpp"
#include "net/scripted_server_for_tests.hpp"
#include "protocol/provision/log_entry.hpp"
#include "protocol/provision/pull.hpp"

#include <atomic>

namespace exec::provision::testing {

class TestSteward {
public:
    using Says = std::optional<std::string>; // a whole answer
    explicit TestSteward(std::function<Says(std::string const& path)> instead = {})
        : instead_{std::move(instead)} {}
    ~TestSteward() { server_.stop(); }
    TestSteward(TestSteward const&) = delete;
    TestSteward& operator=(TestSteward const&) = delete;

    PullOrder order() const {
        auto const pin = crypto::sha256(tls_.public_key());
        return *pull_order("shop/api", server_.address().text(), pin);
    }
    unsigned connections() const { return server_.connections(); }
    unsigned requests() const { return requests_; }

    static std::string
    problem(std::string const& status, std::string const& body, std::string const& headers = {}) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: application/problem+json\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    TestTenant tenant;
    wire::Deployment deployment;
    std::chrono::seconds life{3600};
    std::chrono::seconds renew_after{2400};
    std::optional<Bytes> key_of_another;              // is certified in the Keep's place
    crypto::testing::TestLog* log = nullptr;          // that grants show their line in
    std::function<void(wire::Release&)> spoil_line{}; // what the line says instead
    std::uint64_t time = 1'790'000'000;

private:
    void play(::net::testing::Peer& peer) {
        Bytes request;
        for (std::string text; !(text = peer.request()).empty();) {
            ++requests_;
            auto const path = text.substr(5, text.find(' ', 5) - 5);
            if (auto const other = instead_ ? instead_(path) : std::nullopt) {
                peer.say(*other);
                if (other->empty()) return; // ends the connection
                continue;
            }
            auto const body = text.substr(text.find("\r\n\r\n") + 4);
            Bytes out;
            if (path == "/v1/attest/challenge") {
                EXPECT_EQ(wire::decode_challenge_wish(base::view_of(body))->name, "shop/api");
                request = authenticator::request(authenticator::End::Client, Bytes(32, nonce_));
                nonce_ = std::byte(std::to_integer<unsigned>(nonce_) + 1);
                out = wire::encode(wire::Challenge{.version = 1, .suite = 2, .request = request});
            } else {
                out = attested(peer, request, path, base::view_of(body));
            }
            peer.answer(
                "200 OK", "Content-Type: application/cbor\r\n", std::string{base::text_of(out)}
            );
        }
    }

    Bytes attested(
        ::net::testing::Peer& peer, Bytes const& request, std::string const& path, base::View body
    ) {
        auto const attestation = *wire::decode_attestation(body);
        auto const channel =
            *crypto::BoundChannel::of(peer.tls(), authenticator::End::Client, request);
        attest::Endorsements const endorsements;
        auto const roots = attest::Roots::builtin();
        auto const policy = attest::Policy::authentic();
        auto const measurements = attest::Measurements::unbound();
        auto const own_key = tls_.public_key();
        bool const grant = path == "/v1/attest";
        auto const answer = attest::provision::accept(
            channel,
            {.authenticator = attestation.authenticator, .binding = attestation.binding},
            {.purpose = grant ? wire::Purpose::Provision : wire::Purpose::Ready,
             .suite = 2,
             .own_key = own_key},
            {.endorsements = endorsements,
             .roots = roots,
             .policy = policy,
             .measurements = measurements,
             .at = crypto::testing::now(),
             .allow_no_hardware = true}
        );
        EXPECT_NE(answer.channel(), nullptr);
        if (answer.channel() == nullptr) return {};
        return grant ? granted(*answer.channel(), attestation.authenticator) : certified(channel);
    }
    Bytes granted(attest::provision::AttestedChannel const& keep, base::View authenticator) {
        auto const statement = tenant.deployment(deployment);
        auto const shown =
            log ? std::optional{line_of(keep, statement, authenticator)} : std::nullopt;
        attest::provision::GrantWish wish{
            .deployment = statement, .package_key = {}, .secrets = {}, .time = time
        };
        if (shown) wish.log = wire::Log{.checkpoint = shown->checkpoint, .proof = shown->proof};
        return wire::encode(
            wire::Granted{*attest::provision::seal_grant(keep, tenant.grantor, wish)}
        );
    }
    struct Shown {
        std::string checkpoint;
        Bytes proof;
    };
    Shown line_of(
        attest::provision::AttestedChannel const& keep,
        base::View statement,
        base::View authenticator
    ) {
        auto const digest = crypto::sha256(statement);
        auto const keep_id = crypto::sha256(wire::keep_id_input(keep.identity_key(), {}));
        auto const evidence = crypto::sha256(authenticator);
        wire::Release release{
            .time = time,
            .deployment = "shop/api",
            .serial = 14,
            .statement = digest,
            .keep_id = keep_id,
            .authenticator = evidence
        };
        if (spoil_line) spoil_line(release);
        auto const index = log->add(wire::encode(wire::entry_of(release)));
        return {log->checkpoint(), crypto::encode(log->proof(index))};
    }
    Bytes certified(crypto::BoundChannel const& channel) const {
        auto const at = crypto::testing::now();
        auto const peer = channel.peer_key();
        auto const certificate = *crypto::issue_certificate(
            {.name = crypto::name_of("service"), .key = authority_},
            {.serial = *crypto::fresh_serial(),
             .subject = crypto::name_of("keep"),
             .public_key = key_of_another.value_or(Bytes{peer.begin(), peer.end()}),
             .not_before = at,
             .not_after = at + life}
        );
        auto const number = [](std::chrono::sys_seconds time) {
            return static_cast<std::uint64_t>(time.time_since_epoch().count());
        };
        return wire::encode(
            wire::Certified{
                .chain = {certificate},
                .ear = "e30.e30.e30",
                .not_after = number(at + life),
                .renew_at = number(at + renew_after)
            }
        );
    }

    std::function<Says(std::string const&)> instead_;
    crypto::TlsCredential tls_ = crypto::testing::credential({"localhost"});
    crypto::OwnP384Signer authority_{*crypto::P384SigningKey::generate()};
    std::byte nonce_{1};
    std::atomic<unsigned> requests_ = 0;
    ::net::testing::ScriptedServer server_{
        [this](::net::testing::Peer& peer) { play(peer); },
        *crypto::TlsContext::server(
            tls_, {.authorities = {}, .any_client_certificate = true, .alpn = {}}
        )
    };
};

} // namespace exec::provision::testing
