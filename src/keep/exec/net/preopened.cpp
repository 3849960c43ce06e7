#include "keep/exec/net/preopened.hpp"

#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/tcp_connection.hpp"
#include "keep/exec/net/tcp_listener.hpp"
#include "keep/exec/net/tls_connection.hpp"
#include "keep/exec/net/tls_listener.hpp"
#include "os/socket.hpp"
#include "package/descriptors.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <vector>

namespace exec::net {
namespace {

using crypto::TlsContext;
using crypto::TlsError;
using os::Failure;
using package::Protocol;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::string_view failure_name(TlsError::Kind kind) {
    switch (kind) {
    case TlsError::Kind::Settings:
        return "tls-certificate-invalid";
    case TlsError::Kind::Untrusted:
        return "tls-certificate-untrusted";
    case TlsError::Kind::Expired:
        return "tls-certificate-expired";
    case TlsError::Kind::WrongName:
        return "tls-name-mismatch";
    case TlsError::Kind::Unprotected:
        return "tls-peer-unprotected";
    case TlsError::Kind::Handshake:
        break;
    }
    return "tls-handshake-failed";
}

// The value, or the TLS error as the failure of `what`.
template <class T>
os::OrFailure<T> or_failure(crypto::TlsResult<T> result, std::string const& what) {
    if (!result) {
        return std::unexpected(
            Failure{
                .name = failure_name(result.error().kind), .text = what + ": " + result.error().text
            }
        );
    }
    return std::move(*result);
}

crypto::TlsResult<TlsContext> server_context(
    package::Tls const& tls,
    std::vector<std::string> const& authorities,
    crypto::TlsCredential const& credential,
    std::optional<AsideProtocol> const& aside,
    crypto::Unprotected unprotected
) {
    std::vector<std::string> aside_name;
    if (aside) aside_name.push_back(aside->name);
    return TlsContext::server(
        credential,
        {.authorities = authorities,
         .client_certificate = tls.client_certificate,
         .peers = tls.peers,
         .unprotected = unprotected,
         .alpn = tls.alpn,
         .also_alpn = aside_name,
         .session_tickets = tls.session_tickets}
    );
}

// What an entry wants of the Keep's service is there.
os::OrFailure<void>
check_service(package::Tls const& tls, Identity const& identity, std::string const& what) {
    if (tls.certified && !identity.live(tls))
        return std::unexpected(
            Failure{
                .name = "tls-not-certified",
                .text = what + ": certificate = \"keep\", but no attestation service has certified "
                               "this Keep"
            }
        );
    if (tls.authorities_of_deployment && identity.authorities(tls).empty())
        return std::unexpected(
            Failure{
                .name = "tls-authorities-missing",
                .text = what + ": authorities = \"deployment\", but no authorities came with a "
                               "deployment"
            }
        );
    return {};
}

os::OrFailure<TlsContext> server_context(
    package::Listen const& entry,
    Identity const& identity,
    std::optional<AsideProtocol> const& aside,
    std::string const& what
) {
    auto const& tls = entry.tls;
    TRY(check_service(tls, identity, what));
    auto const& authorities = identity.authorities(tls);
    if (tls.client_certificate && authorities.empty()) {
        return std::unexpected(
            Failure{
                .name = "tls-authorities-missing",
                .text = what + ": client_certificate is wanted, but `authorities` names none for it"
            }
        );
    }
    auto const credential = TRY(or_failure(identity.credential(tls), what));
    return or_failure(
        server_context(tls, authorities, credential, aside, identity.unprotected(tls)), what
    );
}

// Where the Keep's certificate is renewed while it runs, clients see the newest one. One that
// cannot be shown leaves the older one.
void renew(
    TlsListener& listener,
    package::Listen const& entry,
    Identity const& identity,
    std::optional<AsideProtocol> aside
) {
    auto live = identity.live(entry.tls);
    if (!live) return;
    listener.renew_by([live = std::move(live),
                       tls = entry.tls,
                       authorities = identity.authorities(entry.tls),
                       aside = std::move(aside),
                       unprotected = identity.unprotected(entry.tls),
                       number = std::uint64_t{0}]() mutable {
        auto const newer = live->other_than(number);
        std::optional<TlsContext> out;
        if (!newer) return out;
        if (auto context = server_context(tls, authorities, *newer, aside, unprotected))
            out = std::move(*context);
        return out;
    });
}

std::string without_brackets(std::string const& host) {
    if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
    return host;
}

os::OrFailure<crypto::TlsSession>
client_session(package::Connect const& entry, Identity const& identity, std::string const& what) {
    auto const& tls = entry.tls;
    TRY(check_service(tls, identity, what));
    auto const credential = TRY(or_failure(identity.credential(tls), what));
    // A Keep is known by what it is, wherever it runs: where that is named, its host's name counts
    // only if it was named besides.
    crypto::TlsClientSettings const settings{
        .authorities = identity.authorities(tls),
        .alpn = tls.alpn,
        .peers = tls.peers,
        .unprotected = identity.unprotected(tls),
        .peers_alone = tls.server_name.empty()
    };
    // The context may go: the session keeps what it needs of it.
    auto const context = TRY(or_failure(TlsContext::client(credential, settings), what));
    auto const& name = tls.server_name.empty() ? entry.host : tls.server_name;
    return or_failure(context.connect(without_brackets(name)), what);
}

os::OrFailure<void>
shake_hands(TlsStream& stream, std::chrono::milliseconds patience, std::string const& what) {
    auto const deadline = Clock::now() + patience;
    while (true) {
        if (TRY(or_failure(stream.advance_handshake(), what))) return {};
        auto const left = std::chrono::ceil<os::Milliseconds>(deadline - Clock::now());
        pollfd entry = stream.wait_entry();
        // Time that is up is up: a server that sends a byte now and then does not extend it.
        auto const events =
            left <= 0ms ? base::Result<std::size_t>{0} : os::poll({&entry, 1}, left);
        if (events && *events == 0) {
            return std::unexpected(
                Failure{
                    .name = "tls-handshake-failed",
                    .text = what + ": no end of the handshake within " +
                            std::to_string(patience.count()) + " ms"
                }
            );
        }
    }
}

} // namespace

os::OrFailure<std::unique_ptr<Listener>> make_listener(
    package::Listen const& entry,
    Identity const& identity,
    package::Limits const& limits,
    std::shared_ptr<ClosingList> closing,
    std::optional<AsideProtocol> aside
) {
    if (entry.protocol == Protocol::Tcp)
        return std::make_unique<TcpListener>(TRY(listen_at(entry.address, entry.port)));
    auto const what = "listen at " + entry.address + ", port " + std::to_string(entry.port);
    // A key that came with the configuration may be in other places, too. What the Keep says of
    // itself is signed by the key that was born in it, and has to be the one of the connection.
    if (!Identity::is_shown_for(entry.tls)) aside.reset();
    auto context = TRY(server_context(entry, identity, aside, what));
    auto socket = TRY(listen_at(entry.address, entry.port));
    auto listener = std::make_unique<TlsListener>(
        std::move(socket),
        std::move(context),
        std::move(closing),
        HandshakeLimits{.at_once = package::handshakes_at_once(limits)},
        aside
    );
    renew(*listener, entry, identity, std::move(aside));
    return listener;
}

os::OrFailure<std::unique_ptr<Connection>> make_connection(
    package::Connect const& entry,
    Identity const& identity,
    std::shared_ptr<ClosingList> closing,
    std::chrono::milliseconds patience
) {
    if (entry.protocol == Protocol::Tcp)
        return std::make_unique<TcpConnection>(TRY(dial(entry.host, entry.port)));
    auto const what = "connect to " + entry.host + ", port " + std::to_string(entry.port);
    auto session = TRY(client_session(entry, identity, what));
    TlsStream stream{TRY(dial(entry.host, entry.port)), std::move(session)};
    TRY(shake_hands(stream, patience, what));
    return std::make_unique<TlsConnection>(std::move(stream), std::move(closing));
}

} // namespace exec::net
