#pragma once

// A server of HTTP/1.1, with TLS 1.3 or without, on one loop.

#include "net/server/connection.hpp"
#include "os/failure.hpp"

#include <deque>

namespace net::server {

class Server {
public:
    // The loop outlives it.
    Server(Loop& loop, Router router, Limits limits = {});
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    // Also several times. `tls`: none for plain HTTP. The value is where it listens, with the port
    // that the system chose if 0 was asked for.
    os::OrFailure<os::SocketAddress>
    listen(os::SocketAddress const& address, std::optional<crypto::TlsContext> tls);

    // Takes no more connections and requests; what is being answered has so much time. Then `done`.
    void wind_down(std::chrono::milliseconds grace, std::function<void()> done);

    Figures const& figures() const { return around_->figures; }
    std::size_t connections() const { return around_->connections.size(); }

private:
    using Clock = Surroundings::Clock;

    struct Listener {
        os::Fd socket;
        std::optional<crypto::TlsContext> tls;
        Loop::Watch watch;
    };

    void accept(Listener& listener);
    void sweep();

    std::shared_ptr<Surroundings> around_;
    std::deque<Listener> listeners_;
    std::uint64_t last_id_ = 0;
    bool resting_ = false; // the system has no descriptor for another connection
    std::optional<Clock::time_point> end_;
    std::function<void()> done_;
    std::shared_ptr<bool> here_ = std::make_shared<bool>(true);
};

// A server's credential, from PEM: its certificate with those up to the authority, and its key.
os::OrFailure<crypto::TlsContext> tls_for_server(
    std::string_view chain, std::string_view key, crypto::TlsServerSettings settings = {}
);

} // namespace net::server
