#pragma once

// An attestation service of a test with one tenant's deployment, and Keeps that ask it.

#include "attest/provision/keep_for_tests.hpp"
#include "crypto/cose_sign1.hpp"
#include "os/temporary_directory.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/release/releaser.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>

namespace service::testing {

namespace wire = protocol::provision;
namespace provision = attest::provision;
using namespace std::chrono_literals;
using Bytes = std::vector<std::byte>;

inline constexpr std::chrono::sys_seconds at{1'796'000'000s};

inline Bytes filled(std::size_t size, unsigned value) {
    return provision::testing::filled(size, value);
}

struct ReleaserTest : ::testing::Test {
    os::TemporaryDirectory folder;
    std::unique_ptr<Store> store = *open_sqlite_store(folder.path() + "/steward.db");
    Sealer sealer{Kek::of(filled(32, 1))};
    NewAuthority files = *new_authority("steward.example", at);
    Authority authority = *Authority::load(
        base::view_of(files.root),
        base::view_of(files.intermediate),
        files.intermediate_key.view(),
        at
    );
    crypto::TlsCredential tls = crypto::testing::credential({"steward.example"});
    ServiceKeys keys{
        .grantor = *crypto::P256SigningKey::generate(),
        .ear = *crypto::P384SigningKey::generate(),
        .recipient = *crypto::hpke::Key::generate(crypto::hpke::Suite::XWing),
        .tls = tls.public_key()
    };
    crypto::P256SigningKey tenant = *crypto::P256SigningKey::generate();
    Digest tenant_key = crypto::sha256(tenant.public_key());
    Settings settings{
        .listen = {},
        .name = "steward.example",
        .trust_domain = "example",
        .tenants = {
            {.name = "shop",
             .keys = {tenant_key},
             .deployments = {"shop/"},
             .dns_names = {"api.example", "api.shop.com"},
             .allow_no_hardware = true}
        }
    };
    Anchors anchors;
    std::unique_ptr<Log> log = open_log();
    // By the settings as they are when it is made.
    Releaser new_releaser() {
        return Releaser{
            {.settings = settings,
             .authority = authority,
             .keys = keys,
             .anchors = anchors,
             .store = *store,
             .sealer = sealer,
             .log = *log}
        };
    }
    Releaser releaser = new_releaser();

    Digest grantor = crypto::sha256(keys.grantor.public_key());
    Bytes workload = filled(32, 7);
    Bytes configuration = filled(32, 8);
    Bytes package = filled(32, 9);
    wire::Deployment deployment{
        .name = "shop/api",
        .serial = 3,
        .package = package,
        .workload = workload,
        .configuration = configuration,
        .policy = {},
        .measurements = {},
        .grantors = {grantor},
        .secrets = {{.name = "PASSWORD", .place = wire::Place::Variable, .where = "PASSWORD"}},
        .dns_names = {"api.example", "api.shop.com", "other.example"},
        .replicas = 2,
        .not_after = {},
        .hardware = false
    };

    std::unique_ptr<Log> open_log() {
        auto key = *crypto::Ed25519SigningKey::generate();
        keys.log = key.public_key();
        // A line that nobody waits for stays unpublished.
        return *Log::open(*store, {folder.path() + "/log", settings.name, 1h}, std::move(key));
    }

    static Bytes entry() {
        return wire::encode(
            wire::LogEntry{
                .time = 1,
                .kind = wire::LogKind::Admin,
                .deployment = {},
                .keep_id = {},
                .rule = {},
                .digest = {},
                .accepted = true
            }
        );
    }
    void publish() {
        auto const statement =
            *crypto::sign_message(tenant, wire::deployment_type, wire::encode(deployment));
        ASSERT_TRUE(store->publish(
            {.name = std::string{deployment.name},
             .serial = deployment.serial,
             .statement = statement,
             .tenant = tenant_key,
             .policy = {},
             .time = 1},
            entry()
        ));
    }
    void put(SealedKind kind, std::string const& secret, base::View value) {
        SealedName const name{kind, std::string{deployment.name}, deployment.serial, secret};
        ASSERT_TRUE(store->seal({.name = name, .value = *sealer.seal(name, value)}, entry()));
    }
    void publish_all() {
        publish();
        put(SealedKind::PackageKey, "", filled(32, 5));
        put(SealedKind::Secret, "PASSWORD", base::view_of("hunter2"));
    }

    std::vector<wire::LogEntry> lines(std::vector<LeafRow>& rows) const {
        rows = *store->leaves(0, 1000);
        std::vector<wire::LogEntry> out;
        for (auto const& row : rows) out.push_back(*wire::decode_log_entry(row.entry));
        return out;
    }
    std::size_t count(wire::LogKind kind) const {
        std::vector<LeafRow> rows;
        auto const all = lines(rows);
        return static_cast<std::size_t>(std::ranges::count(all, kind, &wire::LogEntry::kind));
    }
};

// A connection of a Keep to the service.
struct Pull {
    crypto::TlsContext server;
    crypto::TlsContext client;
    crypto::testing::TlsPair ends;
    Bytes request =
        crypto::authenticator::request(crypto::authenticator::End::Client, filled(32, 7));

    Pull(provision::testing::Keep const& keep, crypto::TlsCredential const& tls)
        : server{*crypto::TlsContext::server(
              tls, {.authorities = {}, .any_client_certificate = true, .alpn = {}}
          )},
          client{*crypto::TlsContext::client(
              keep.identity, {.authorities = {}, .alpn = {}, .any_certificate = true}
          )},
          ends{.client = *client.connect("steward.example"), .server = *server.accept()} {
        if (!ends.handshake()) std::abort();
    }
    crypto::BoundChannel at(crypto::TlsSession const& session) const {
        return *crypto::BoundChannel::of(session, crypto::authenticator::End::Client, request);
    }
    Exchange exchange(std::string name = "shop/api") const {
        return {.channel = at(ends.server), .name = std::move(name), .suite = 2};
    }
    Bytes peer() const {
        auto const digest = crypto::sha256(ends.client.peer_public_key());
        return {digest.begin(), digest.end()};
    }
};

struct Answered {
    provision::testing::Answering::Made made;
    wire::Attestation attestation() const {
        return {.authenticator = made.authenticator, .binding = made.binding, .endorsements = {}};
    }
};

inline Answered answer(
    provision::testing::Keep const& keep, Pull const& pull, std::optional<wire::Loaded> loaded = {}
) {
    auto const channel = pull.at(pull.ends.client);
    auto const peer = pull.peer();
    return {provision::testing::Answering{
        .keep = keep, .channel = channel, .peer = peer, .loaded = loaded
    }
                .make()};
}

struct PulledTest : ReleaserTest {
    provision::testing::Keep keep;
    Pull pull{keep, tls};

    wire::Loaded loaded() const {
        return {
            .workload = workload,
            .configuration = configuration,
            .tenant = tenant_key,
            .package = package,
            .deployment = deployment.name,
            .serial = deployment.serial
        };
    }
    OrDenial<Bytes> granted() {
        return releaser.grant(pull.exchange(), answer(keep, pull).attestation(), at);
    }
    // What the Keep reads in a grant.
    Bytes payload_of(Bytes const& body, Answered const& answered) const {
        auto const sealed = wire::decode_granted(body)->grant;
        auto const report_data = crypto::sha512(
            wire::report_data_input(wire::Purpose::Provision, answered.made.binding)
        );
        auto const opened = keep.recipient.open(wire::info_of_grant(report_data), sealed);
        auto const message =
            crypto::verified_message(*wire::unpadded(opened.value().view()), wire::grant_type);
        EXPECT_TRUE(base::equal(message.value().key, keys.grantor.public_key()));
        return {message->payload.begin(), message->payload.end()};
    }
    void name_own_log() { deployment.log = {.origin = settings.name, .key = keys.log}; }
    OrDenial<Bytes> certified(wire::Loaded const& runs, std::chrono::sys_seconds when = at) {
        return releaser.certify(pull.exchange(), answer(keep, pull, runs).attestation(), when);
    }
};

} // namespace service::testing
