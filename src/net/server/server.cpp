#include "net/server/server.hpp"

#include "os/descriptor_limit.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <array>

#include <sys/epoll.h>

namespace net::server {

namespace {

using base::Errno;

constexpr std::chrono::milliseconds sweep_period{250};
constexpr int backlog = 4096;
constexpr int accepts = 64; // at once, before others get their turn

os::Failure listen_failure(os::SocketAddress const& address, Errno error) {
    auto const name = error == Errno::AddrInUse ? "address-in-use"
                      : error == Errno::Access  ? "address-not-permitted"
                      : error == Errno::AddrNotAvail || error == Errno::Inval ? "address-invalid"
                                                                              : "launch-failed";
    return {
        .name = name,
        .text = "listen at " + address.to_string() + ": " + std::string{os::description(error)}
    };
}

base::Result<os::Fd> listening_socket(os::SocketAddress const& address) {
    auto socket = TRY(os::stream_socket(address.family()));
    TRY(os::reuse_address(socket.number()));
    if (address.family() == AF_INET6 && address.unspecified()) TRY(os::dual_stack(socket.number()));
    TRY(os::no_delay(socket.number()));
    TRY(os::keep_alive(socket.number()));
    TRY(os::bind(socket.number(), address));
    TRY(os::listen(socket.number(), backlog));
    return socket;
}

// Some at once: the search is for all of them.
bool push_out_of(Figures& figures, std::vector<Connection*> waiting) {
    if (waiting.empty()) return false;
    auto const count = static_cast<std::ptrdiff_t>(waiting.size() / 64 + 1);
    std::ranges::nth_element(waiting, waiting.begin() + (count - 1), {}, &Connection::quiet_since);
    for (auto* const connection : std::span{waiting}.first(static_cast<std::size_t>(count))) {
        ++figures.pushed_out;
        connection->over();
    }
    return true;
}

} // namespace

bool Surroundings::push_out() {
    std::vector<Connection*> waiting;
    for (auto const& [id, connection] : connections)
        if (connection->waits_for_request()) waiting.push_back(connection.get());
    return push_out_of(figures, std::move(waiting));
}

bool Surroundings::push_out_holders(Connection const& but) {
    std::vector<Connection*> waiting;
    for (auto const& [id, connection] : connections)
        if (connection->waits_for_request() && connection->held() > 0 && connection.get() != &but)
            waiting.push_back(connection.get());
    return push_out_of(figures, std::move(waiting));
}

Server::Server(Loop& loop, Router router, Limits limits)
    : around_{std::make_shared<Surroundings>()} {
    around_->loop = &loop;
    around_->router = std::move(router);
    around_->limits = limits;
    loop.every(sweep_period, [this, here = std::weak_ptr{here_}] {
        if (!here.expired()) sweep();
    });
}

Server::~Server() {
    listeners_.clear();
    around_->connections.clear();
    around_->ended.clear();
}

os::OrFailure<os::SocketAddress>
Server::listen(os::SocketAddress const& address, std::optional<crypto::TlsContext> tls) {
    constexpr std::size_t others = 512;
    os::allow_descriptors(around_->limits.connections + others);
    auto socket = listening_socket(address);
    if (!socket) return std::unexpected(listen_failure(address, socket.error()));
    auto const where = os::SocketAddress::of_socket(socket->number());
    if (!where) return std::unexpected(listen_failure(address, where.error()));
    auto& listener = listeners_.emplace_back(std::move(*socket), std::move(tls), Loop::Watch{});
    auto watch = around_->loop->watch(
        listener.socket.number(), EPOLLIN, [this, &listener](std::uint32_t /*events*/) {
            accept(listener);
        }
    );
    if (!watch) return std::unexpected(listen_failure(address, watch.error()));
    listener.watch = std::move(*watch);
    return *where;
}

void Server::accept(Listener& listener) {
    for (int i = 0; i < accepts; ++i) {
        auto socket = os::accept(listener.socket.number());
        if (!socket && socket.error() == Errno::Again) return;
        if (!socket) {
            bool const full = socket.error() == Errno::MFile || socket.error() == Errno::NFile;
            if (full && around_->push_out()) continue;
            if (!full) continue; // this one went before it was taken
            break;
        }
        if (around_->connections.size() >= around_->limits.connections && !around_->push_out())
            break;
        auto const id = ++last_id_;
        auto made = std::make_unique<Connection>(
            around_, id, std::move(*socket), listener.tls ? &*listener.tls : nullptr
        );
        if (!made->start()) continue;
        around_->connections.emplace(id, std::move(made));
        ++around_->figures.accepted;
        if (i + 1 == accepts) return;
    }
    // Until the next sweep, instead of asking again at once.
    resting_ = true;
    for (auto& each : listeners_) each.watch.want(0);
}

void Server::sweep() {
    if (std::exchange(resting_, false))
        for (auto& listener : listeners_) listener.watch.want(EPOLLIN);
    auto const now = Clock::now();
    std::vector<Connection*> all;
    all.reserve(around_->connections.size());
    for (auto const& [id, connection] : around_->connections) all.push_back(connection.get());
    for (auto* const connection : all) connection->expire(now);
    if (!end_) return;
    if (now >= *end_) {
        std::vector<Connection*> left;
        for (auto const& [id, connection] : around_->connections) left.push_back(connection.get());
        for (auto* const connection : left) connection->over();
    }
    if (around_->connections.empty() && done_) std::exchange(done_, nullptr)();
}

void Server::wind_down(std::chrono::milliseconds grace, std::function<void()> done) {
    listeners_.clear();
    end_ = Clock::now() + grace;
    done_ = std::move(done);
    around_->winding_down = true;
    std::vector<Connection*> all;
    for (auto const& [id, connection] : around_->connections) all.push_back(connection.get());
    for (auto* const connection : all) connection->no_more_requests();
    around_->loop->post([this, here = std::weak_ptr{here_}] {
        if (!here.expired()) sweep();
    });
}

os::OrFailure<crypto::TlsContext>
tls_for_server(std::string_view chain, std::string_view key, crypto::TlsServerSettings settings) {
    static std::array<std::string, 1> const http{"http/1.1"};
    if (settings.alpn.empty()) settings.alpn = http;
    auto const bad = [](crypto::TlsError const& error) {
        return std::unexpected(
            os::Failure{
                .name = "tls-certificate-invalid", .text = "the server's TLS: " + error.text
            }
        );
    };
    auto const credential = crypto::TlsCredential::from_pem(chain, key);
    if (!credential) return bad(credential.error());
    auto context = crypto::TlsContext::server(*credential, settings);
    if (!context) return bad(context.error());
    return std::move(*context);
}

} // namespace net::server
