#pragma once

// One connection of a client: request, answer, request, answer; or a tunnel in the end.

#include "net/server/limits.hpp"
#include "net/server/loop.hpp"
#include "net/server/parser.hpp"
#include "net/server/pump.hpp"
#include "net/server/router.hpp"
#include "net/server/transport.hpp"

#include <any>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>

namespace net::server {

class Connection;

// What has happened so far.
struct Figures {
    std::uint64_t accepted = 0;
    std::uint64_t pushed_out = 0; // closed for others
    std::uint64_t too_slow = 0;
    std::uint64_t tunnels = 0;
    std::array<std::uint64_t, 6> answers{}; // by the first digit of their status
};

// What all connections of a server share.
struct Surroundings {
    using Clock = std::chrono::steady_clock;

    Loop* loop;
    Router router;
    Limits limits;
    Figures figures = {};
    std::size_t held = 0; // bytes in memory, of requests that are still coming
    bool winding_down = false;
    Scratch wire{};
    Scratch text{};
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;
    std::vector<std::unique_ptr<Connection>> ended; // until nobody is inside of them any more

    // Closes some of those that have waited longest for the rest of a request, of all or of those
    // but one that hold memory for it. False: there are none.
    bool push_out();
    bool push_out_holders(Connection const& but);
};

class Connection final : public Client {
public:
    using Clock = Surroundings::Clock;

    Connection(
        std::weak_ptr<Surroundings> around,
        std::uint64_t id,
        os::Fd socket,
        crypto::TlsContext const* tls
    );
    ~Connection() override;
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    base::Result<void> start();
    void step(); // does what can be done without waiting
    void respond(Response response);
    void expire(Clock::time_point now);
    void no_more_requests(); // goes after what it is about
    void over();             // now

    bool waits_for_request() const { return state_ == State::Receiving; }
    std::size_t held() const { return held_; }
    Clock::time_point quiet_since() const { return since_; }

    std::optional<os::SocketAddress> address() const override;
    crypto::TlsSession const* tls() const override { return transport_.tls(); }
    std::any& slot() override { return slot_; }

private:
    enum class State : unsigned char { Receiving, Answering, Sending, Draining, Tunnelling, Over };

    bool receive();
    void step_later();
    std::size_t consume(base::View bytes);
    bool open_route();
    void take_body();
    void hold();
    void let_go() { around_->held -= std::exchange(held_, 0); }
    void finish_request();
    void hand_over(Request request);
    void bad(BadRequest const& what);
    void refuse(Response response); // instead of what is still to come of the request

    bool send();
    void next_piece_of_file();
    void sent_all();
    void drain();
    void pump();
    void start_tunnel();

    std::uint32_t wanted() const;
    Answer answer();
    void forget_request();
    void last_until(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }

    std::weak_ptr<Surroundings> owner_;
    Surroundings* around_; // as long as this is in it
    std::uint64_t id_;
    Transport transport_;
    Loop::Watch watch_;
    State state_ = State::Receiving;
    Clock::time_point since_;
    std::optional<Clock::time_point> deadline_;

    std::vector<std::byte> input_; // decrypted, not yet parsed
    std::optional<Parser> parser_;
    Route const* route_ = nullptr;
    std::unique_ptr<Sink> sink_;
    std::size_t held_ = 0; // bytes in memory, of the request that is coming
    std::size_t progress_ = 0;

    std::optional<FileBody> file_;
    std::uint64_t file_sent_ = 0;
    std::optional<Tunnel> tunnel_;
    std::optional<Pump> pump_;
    Loop::Watch far_watch_; // goes before the pump that owns its descriptor
    bool head_only_ = false;
    bool keep_alive_ = false;
    bool closing_ = false;
    std::any slot_;
};

} // namespace net::server
