#pragma once

// TLS connections that the application has closed while something was still on its way to the peer.
// Nobody waits for such a peer: later calls move the rest on, and limits say when it is given up.

#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/tls_stream.hpp"
#include "package/descriptors.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace exec::net {

// What the peers of closed connections may cost. Beyond one of the first two the oldest is given
// up.
struct ClosingLimits {
    std::size_t connections = package::closing_at_once;
    std::size_t bytes = std::size_t{8} << 20; // unsent, of all together
    std::chrono::milliseconds patience{30'000};
};

class ClosingList {
public:
    explicit ClosingList(ClosingLimits limits = {}) : limits_{limits} {}

    bool empty() const { return connections_.empty(); }
    std::size_t size() const { return connections_.size(); }

    // The last byte of `stream`, its close_notify, is in its session.
    void take(TlsStream stream);
    // Frees a descriptor for another use; false: there is none to free.
    bool give_up_oldest();

    // Sends what can be sent now. Cheap when it is called again within some milliseconds.
    void move_on();
    // The same at once, for who was woken by one of append_waits().
    void move_on_now();
    void append_waits(WaitSet& waits) const;
    // When the next one is given up; nothing: there is none.
    std::optional<std::chrono::milliseconds> next_deadline() const;

    // The end of the application: waits until all is sent, `patience` at most for all together.
    void finish(std::chrono::milliseconds patience);

private:
    using Clock = std::chrono::steady_clock;
    struct Closing {
        TlsStream stream;
        Clock::time_point deadline;
        bool over = false;
    };

    bool over_limits() const;

    ClosingLimits limits_;
    std::deque<Closing> connections_; // oldest first
    Clock::time_point moved_;         // when move_on() last did something
};

} // namespace exec::net
