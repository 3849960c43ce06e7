// An attestation service that was taken over, with all of its keys but the log's: it releases as
// the real one does, and leaves out of the log what it has released: lying_steward WHAT
// STEWARD.toml. WHAT: "line" has the line of a release name another Keep; "log" shows a log of its
// own.

#include "net/server/server.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/api/api.hpp"
#include "service/seal/rotation.hpp"
#include "service/steward/files.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace service;
using namespace std::chrono_literals;

// Remembers releases as they are and writes down other ones.
class LyingStore : public Store {
public:
    explicit LyingStore(Store& honest) : honest_{honest} {}

    Answer<LeafIndex>
    release(ReleaseRow const& row, std::uint64_t replicas, base::View entry) override {
        auto line = *protocol::provision::decode_log_entry(entry);
        static Digest const nobody{};
        line.keep_id = nobody;
        return honest_.release(row, replicas, protocol::provision::encode(line));
    }

    Answer<LeafIndex> publish(DeploymentRow const& row, base::View entry) override {
        return honest_.publish(row, entry);
    }
    Answer<LeafIndex>
    withdraw(std::string_view name, std::uint64_t time, base::View entry) override {
        return honest_.withdraw(name, time, entry);
    }
    Answer<std::optional<DeploymentRow>> newest(std::string_view name) override {
        return honest_.newest(name);
    }
    Answer<std::optional<DeploymentRow>>
    deployment(std::string_view name, std::uint64_t serial) override {
        return honest_.deployment(name, serial);
    }
    Answer<std::vector<DeploymentRow>> deployments(
        std::optional<Digest> const& tenant, std::string_view after, std::size_t most
    ) override {
        return honest_.deployments(tenant, after, most);
    }
    Answer<LeafIndex> seal(SealedRow const& row, base::View entry) override {
        return honest_.seal(row, entry);
    }
    Answer<std::vector<SealedRow>> sealed(std::string_view name, std::uint64_t serial) override {
        return honest_.sealed(name, serial);
    }
    Answer<std::uint64_t> sealed_under(KekId const& kek) override {
        return honest_.sealed_under(kek);
    }
    Answer<std::uint64_t> reseal(KekId const& kek, Again const& again, base::View entry) override {
        return honest_.reseal(kek, again, entry);
    }
    Answer<std::optional<ReleaseRow>> released(base::View keep_id) override {
        return honest_.released(keep_id);
    }
    Answer<std::vector<ReleaseRow>>
    alive(std::string_view deployment, std::uint64_t now, std::size_t most) override {
        return honest_.alive(deployment, now, most);
    }
    Answer<std::uint64_t> count_alive(std::string_view deployment, std::uint64_t now) override {
        return honest_.count_alive(deployment, now);
    }
    Answer<LeafIndex> certify(CertificateRow const& row, base::View entry) override {
        return honest_.certify(row, entry);
    }
    Answer<LeafIndex> revoke(base::View keep_id, std::uint64_t time, base::View entry) override {
        return honest_.revoke(keep_id, time, entry);
    }
    Answer<std::vector<CertificateRow>> revoked(std::uint64_t now) override {
        return honest_.revoked(now);
    }
    Answer<LeafIndex> append(base::View entry) override { return honest_.append(entry); }
    Answer<std::uint64_t> leaves() override { return honest_.leaves(); }
    Answer<std::vector<LeafRow>> leaves(LeafIndex from, std::size_t most) override {
        return honest_.leaves(from, most);
    }
    Answer<Pruned> prune(std::uint64_t now) override { return honest_.prune(now); }

private:
    Store& honest_;
};

template <class T> T got(os::OrFailure<T> outcome) {
    if (outcome) return *std::move(outcome);
    std::fprintf(stderr, "%s\n", outcome.error().text.c_str());
    std::exit(1);
}

int serve(std::string_view what, std::string const& config) {
    auto const files = got(read_files(config, now()));
    auto const loop = net::server::Loop::create().value();
    constexpr std::array signals{SIGTERM, SIGINT};
    loop->take_signals(signals, [&loop](int) { loop->stop(); }).value();
    auto const store = got(open_sqlite_store(files->database()));
    LyingStore lying{*store};
    Sealer const sealer{got(settled_kek(files->folder, *store))};
    bool const own = what == "log";
    auto const log =
        got(Log::open(
            *store,
            {.folder = own ? files->folder + "/own-log" : files->log(),
             .origin = files->settings.name,
             .rebuild = own},
            own ? crypto::Ed25519SigningKey::generate().value() : files->log_key
        ));
    auto const api =
        got(Api::create(
            {.settings = files->settings,
             .authority = files->authority,
             .keys = files->keys,
             .anchors = files->anchors,
             .store = own ? *store : lying,
             .sealer = sealer,
             .log = *log,
             .policies = files->policies,
             .policy_names = files->policy_names}
        ));
    net::server::Server server{*loop, api->for_everybody()};
    crypto::TlsServerSettings wishes{.authorities = {}, .alpn = {}};
    wishes.any_client_certificate = true;
    auto tls = got(net::server::tls_for_server(files->tls_chain, files->tls_key, wishes));
    auto const at =
        got(server.listen(os::SocketAddress::parse("127.0.0.1", 0).value(), std::move(tls)));
    std::fprintf(stderr, "listening at https://%s\n", at.to_string().c_str());
    return loop->run() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    return serve(argv[1], argv[2]);
}
