#pragma once

// A TCP listener that hands out clients whose TLS handshake is done; all handshakes go on side by
// side.

#include "crypto/tls_context.hpp"
#include "keep/exec/net/aside.hpp"
#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/tls_stream.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace exec::net {

// What one client may cost before it has shown that it speaks TLS; one that speaks aside, for all
// that it says.
struct HandshakeLimits {
    std::chrono::milliseconds patience{10'000};
    std::size_t at_once = 256; // one more, and the oldest is dropped
};

class TlsListener final : public Listener {
public:
    TlsListener(
        os::Fd socket,
        crypto::TlsContext context,
        std::shared_ptr<ClosingList> closing, // for the connections that are handed out
        HandshakeLimits limits = {},
        std::optional<AsideProtocol> aside = {} // which the context offers as well
    )
        : socket_{std::move(socket)},
          context_{std::move(context)},
          closing_{std::move(closing)},
          limits_{limits},
          aside_{std::move(aside)} {}

    // Asked before each client for settings that are for it and those who follow; nothing: as
    // before.
    void renew_by(std::function<std::optional<crypto::TlsContext>()> newer) {
        newer_ = std::move(newer);
    }

    // Handshakes make progress in accept() and ready() only. One that fails, ends or takes too long
    // is dropped, and the application does not hear of it.
    Result<std::unique_ptr<Connection>> accept(bool nonblocking) override;
    bool ready(Direction direction, WaitSet& waits) override;
    std::optional<Watched> watched(Direction direction) override;

private:
    using Clock = std::chrono::steady_clock;
    struct Handshake {
        // A session only for one that has sent something.
        std::variant<os::Fd, TlsStream, std::unique_ptr<Aside>> client;
        Clock::time_point deadline;
        bool over = false;

        pollfd wait_entry() const;
    };

    Result<void> welcome();
    void begin(os::Fd client);
    void renew();
    TlsStream* hear(Handshake& handshake);
    void advance(Handshake& handshake);
    void hand_out(Handshake& handshake, TlsStream& stream);
    Result<void> progress(std::optional<std::chrono::milliseconds> timeout);
    std::optional<std::chrono::milliseconds> next_deadline() const;
    void append_waits(WaitSet& waits) const;

    os::Fd socket_;
    crypto::TlsContext context_;           // before the sessions that it outlives
    std::deque<crypto::TlsContext> older_; // of handshakes that still go on
    std::function<std::optional<crypto::TlsContext>()> newer_;
    std::shared_ptr<ClosingList> closing_;
    HandshakeLimits limits_;
    std::optional<AsideProtocol> aside_;
    std::deque<Handshake> handshakes_; // oldest first
    std::deque<std::unique_ptr<Connection>> done_;
};

} // namespace exec::net
