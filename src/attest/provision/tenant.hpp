#pragma once

// What a tenant says to a Keep, and what it believes of the answers, from the first message to the
// application's last byte. It knows no socket, no file and no clock: frames go in, and what is to
// be sent and done comes out.

#include "attest/provision/grant.hpp"
#include "protocol/provision/frame.hpp"

#include <functional>
#include <variant>

namespace attest::provision {

// What is handed over, and what a Keep that has it says of itself.
struct Handover {
    GrantWish grant; // its views outlive the tenant
    crypto::P256SigningKey const& grantor;
    Runs runs;
    bool hardware_required = true; // by the deployment
    std::uint8_t suite = 2;
};

// Of a Keep that was spoken to before, for a tenant that comes back to it.
struct Before {
    std::vector<std::byte> identity_key; // empty: not known; then its evidence alone says who it is
    std::uint64_t received = 0;          // bytes of streams 1 and 2 together
    // What it was told last. Whether it has heard that, its evidence and its answers say.
    enum class Told : std::uint8_t { Grant, Start, Everything } told = Told::Everything;
};

// Random bytes for the two requests, never used before.
struct Nonces {
    base::Bytes<32> first{};
    base::Bytes<32> second{};
};

// The endorsements that a Keep sends along are hints: the caller adds them to its own.
using Judging = std::function<Answer(
    crypto::BoundChannel const&, Offer const&, Demand const&, std::span<base::View const> hints
)>;

// ---- what happened ----

// The evidence was accepted; the grant is on its way now.
struct Attested {
    Answer answer;
};
struct Granted {};
// The Keep asks for a piece of the package: give() is the answer.
struct Wanted {
    std::vector<std::byte> digest;
    std::uint64_t offset = 0;
};
// What was loaded is what was granted; the application is started now.
struct Ready {
    Answer answer;
};
struct Running {};
// Streams go on: output of which that much is no longer kept, and input behind what the Keep has
// had of it, its end counting as one.
struct Resumed {
    std::uint64_t lost = 0;
    std::uint64_t input = 0;
};
// Of the application. A view until the next frame is read.
struct Written {
    std::uint8_t stream = 1;
    base::View bytes;
};
// Of the Keep, before the application runs: text for people.
struct Told {
    std::string text;
};
struct Ended {
    std::optional<std::uint8_t> exit;
    std::string failure; // a stable name; empty: none
};
struct Failed {
    std::string_view name; // stable
    std::string text;
    std::optional<Answer> answer; // where evidence was not accepted
};
using Event = std::variant<
    std::monostate,
    Attested,
    Granted,
    Wanted,
    Ready,
    Running,
    Resumed,
    Written,
    Told,
    Ended,
    Failed>;

struct Message {
    protocol::provision::FrameType type = protocol::provision::FrameType::Refuse;
    std::vector<std::byte> body;
};
struct Step {
    std::vector<Message> say;
    Event event;
};

class Tenant {
public:
    // `before`: it is that Keep or none. What it has heard already it is not told again.
    Tenant(
        Handover handover, Nonces const& nonces, Judging judging, std::optional<Before> before = {}
    )
        : handover_{std::move(handover)},
          nonces_{nonces},
          judging_{std::move(judging)},
          before_{std::move(before)} {}

    // What is said first, when the handshake is done.
    std::vector<Message> begin();
    // `session`: the connection on which the frame came.
    Step take(protocol::provision::Frame const& frame, crypto::TlsSession const& session);
    // What may come now (protocol/provision/frame.hpp).
    protocol::provision::Trust trust() const {
        return accepted_ ? protocol::provision::Trust::Accepted : protocol::provision::Trust::None;
    }
    static Message give(Wanted const& wanted, base::View bytes);

    bool granted() const { return state_ > State::Granting; } // the Keep is this tenant's
    // How this tenant comes back when the connection breaks now; nothing: it was granted nothing.
    std::optional<Before> way_back() const;
    bool running() const { return state_ == State::Running; }
    base::View identity_key() const { return identity_key_; } // empty before evidence was accepted
    std::uint64_t received() const { return received_; }      // bytes of streams 1 and 2

private:
    enum class State : std::uint8_t {
        Asking,   // for evidence that the Keep is empty
        Granting, // the grant was sent
        Loading,
        Proving, // asked for evidence of what was loaded
        Starting,
        Running,
        Over,
    };

    Message ask(base::Bytes<32> const& nonce);
    Step take_authenticator(base::View body);
    Step take_binding(base::View body, crypto::TlsSession const& session);
    Step attested(Answer answer);
    Step ready(Answer answer);
    Step take_status(base::View body);
    Step take_stream(base::View body);
    Step take_want(base::View body);
    Step take_resumption(base::View body);
    bool asks_if_empty(base::View binding) const;
    Step fail(std::string_view name, std::string text, std::optional<Answer> answer = {});
    Step out_of_turn(std::string_view what);

    Handover handover_;
    Nonces nonces_;
    Judging judging_;
    std::optional<Before> before_;
    State state_ = State::Asking;
    bool accepted_ = false;
    std::vector<std::byte> request_;       // the last one
    std::vector<std::byte> authenticator_; // that came in answer to it
    std::vector<std::byte> identity_key_;
    std::uint64_t received_ = 0;
};

} // namespace attest::provision
