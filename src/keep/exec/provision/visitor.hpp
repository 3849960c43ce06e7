#pragma once

// One connection of somebody who asks the Keep what it is, and may then go on to provision it or to
// use what it provisioned. Until the Keep has answered, nothing but three short messages is read of
// a stranger.

#include "crypto/bound_channel.hpp"
#include "keep/exec/net/tls_stream.hpp"
#include "keep/exec/provision/states.hpp"
#include "net/frames.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace exec::provision {

using Clock = std::chrono::steady_clock;

// Why a visit is over. `name`: the failure that the visitor is told; empty: nothing.
struct VisitOver {
    std::string_view name = {};
    std::string text;
    bool orderly = false; // the visitor itself has said so, and nobody on the way
};
template <class T> using OrOver = base::Result<T, VisitOver>;

class Visitor {
public:
    // What the Keep answers to a request on this connection.
    using Answerer =
        std::function<OrRefusal<Answer>(crypto::BoundChannel const&, crypto::hpke::Suite)>;

    // `socket`: connected, a blocking one.
    Visitor(os::Fd socket, crypto::TlsSession session)
        : stream_{std::move(socket), std::move(session)} {}
    // One who may ask once and say nothing more: what it sends after the answer is not read.
    static Visitor who_only_asks(net::TlsStream stream) { return Visitor{std::move(stream)}; }

    // Goes on with what has come, without waiting: handshake, hello, request and answer are dealt
    // with here. Any other frame is handed out, and only after an answer; it refers to this visitor
    // until the next call. Nothing: the visitor's turn. Over: it was told why, if there is a name.
    OrOver<std::optional<protocol::provision::Frame>> hear(Answerer const& answer);
    // The same, but waits. "" over at `deadline`.
    OrOver<protocol::provision::Frame> wait(Answerer const& answer, Clock::time_point deadline);

    // Queues a frame and sends what goes without waiting.
    OrOver<void> say(protocol::provision::FrameType type, base::View body);
    // Waits until all is sent.
    OrOver<void> flush(Clock::time_point deadline);
    void refuse(std::string_view name); // and nothing more
    // It may ask once more: the Keep's state is another one.
    void may_ask_again() { asked_ = false; }

    // What poll(2) has to wait for.
    pollfd wait_entry() const { return stream_.wait_entry(); }
    std::size_t unsent_bytes() const { return stream_.unsent_bytes(); }
    base::Result<void> push() { return stream_.push(); }
    void close();

    std::optional<Answer> const& answered() const { return answered_; } // the last one
    protocol::provision::Role role() const { return hello_->role; }
    Digest peer() const; // SHA-256 of the key that it has shown; all zeros: none

private:
    using Heard = OrOver<std::optional<protocol::provision::Frame>>;

    explicit Visitor(net::TlsStream stream) : stream_{std::move(stream)}, only_asks_{true} {}
    OrOver<bool> shake_hands();
    Heard next_frame();
    OrOver<bool> pull();
    Heard hear_more(Answerer const& answer);
    Heard take(protocol::provision::Frame const& frame, Answerer const& answer);
    OrOver<void> take_hello(base::View body);
    OrOver<void> take_request(base::View body, Answerer const& answer);

    net::TlsStream stream_;
    ::net::FrameReader reader_;
    bool shaken_ = false;
    bool asked_ = false;
    bool only_asks_ = false;
    std::optional<protocol::provision::Hello> hello_;
    std::optional<Answer> answered_;
};

} // namespace exec::provision
