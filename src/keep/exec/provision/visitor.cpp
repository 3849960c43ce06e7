#include "keep/exec/provision/visitor.hpp"

#include "crypto/digest.hpp"
#include "os/socket.hpp"
#include "protocol/provision/frame.hpp"

#include <algorithm>

namespace exec::provision {

namespace wire = protocol::provision;
using base::Errno;
using wire::Frame;
using wire::FrameType;

namespace {

// An authenticator request is some 100 bytes.
constexpr std::size_t largest_request = 1024;

std::unexpected<VisitOver> over(std::string_view name, std::string text) {
    return std::unexpected(VisitOver{.name = name, .text = std::move(text)});
}
std::unexpected<VisitOver> gone(std::string text) { return over({}, std::move(text)); }

} // namespace

OrOver<bool> Visitor::shake_hands() {
    if (shaken_) return true;
    auto const done = stream_.advance_handshake();
    if (!done) return gone("TLS: " + done.error().text);
    shaken_ = *done;
    return shaken_;
}

// The next frame that has come whole.
Visitor::Heard Visitor::next_frame() {
    auto const trust = answered_ ? wire::Trust::Accepted : wire::Trust::None;
    auto const frame = reader_.next(stream_.session(), trust);
    if (frame) return *frame;
    if (frame.error().rule.empty())
        return std::unexpected(
            VisitOver{.text = "it has ended the connection", .orderly = frame.error().orderly}
        );
    return over("protocol-version", std::string{frame.error().rule});
}

// False: nothing has come.
OrOver<bool> Visitor::pull() {
    auto const pulled = stream_.pull();
    if (!pulled && pulled.error() == Errno::Again) return false;
    if (!pulled) return gone(std::string{os::description(pulled.error())});
    return true;
}

Visitor::Heard Visitor::hear_more(Answerer const& answer) {
    if (!TRY(shake_hands())) return std::nullopt;
    for (int pulls = 0; !only_asks_ || !answered_;) {
        if (auto const frame = TRY(next_frame())) {
            auto const out = TRY(take(*frame, answer));
            if (out) return out;
            continue;
        }
        if (pulls++ == net::TlsStream::most_pulls || !TRY(pull())) return std::nullopt;
    }
    return std::nullopt;
}

Visitor::Heard Visitor::hear(Answerer const& answer) {
    auto heard = hear_more(answer);
    if (!heard && !heard.error().name.empty()) refuse(heard.error().name);
    return heard;
}

OrOver<Frame> Visitor::wait(Answerer const& answer, Clock::time_point deadline) {
    while (true) {
        if (auto const frame = TRY(hear(answer))) return *frame;
        auto const left = std::chrono::ceil<os::Milliseconds>(deadline - Clock::now());
        auto entry = wait_entry();
        if (left.count() <= 0) return gone("it has taken too long");
        if (auto const ready = os::poll({&entry, 1}, left); !ready && ready.error() != Errno::Intr)
            return gone(std::string{os::description(ready.error())});
        if (auto const pushed = push(); !pushed) return gone("it does not listen");
    }
}

Visitor::Heard Visitor::take(Frame const& frame, Answerer const& answer) {
    if (frame.type == FrameType::Refuse) {
        auto const name = wire::decode_text(frame.body, 64);
        return gone("it refuses: " + std::string{name.value_or("")});
    }
    if (frame.type == FrameType::Hello && !hello_) {
        TRY(take_hello(frame.body));
        return std::nullopt;
    }
    if (frame.type == FrameType::Request && hello_ && !asked_) {
        TRY(take_request(frame.body, answer));
        return std::nullopt;
    }
    if (!answered_ || frame.type == FrameType::Hello || frame.type == FrameType::Request)
        return over("protocol-version", "a message at the wrong time");
    return frame;
}

OrOver<void> Visitor::take_hello(base::View body) {
    auto const hello = wire::decode_hello(body);
    if (!hello) return over("protocol-version", std::string{hello.error().field});
    if (std::ranges::find(hello->versions, wire::version) == hello->versions.end())
        return over("protocol-version", "no version in common");
    if (hello->suite != 1 && hello->suite != 2)
        return over("protocol-version", "no suite that is known here");
    hello_ = *hello;
    return {};
}

OrOver<void> Visitor::take_request(base::View body, Answerer const& answer) {
    auto const request = wire::decode_bytes(body, largest_request);
    if (!request) return over("protocol-version", std::string{request.error().field});
    auto const channel =
        crypto::BoundChannel::of(stream_.session(), crypto::authenticator::End::Server, *request);
    if (!channel) return over("channel-unbound", "that is no request for an authenticator");
    auto made = answer(*channel, crypto::hpke::Suite(hello_->suite));
    if (!made) return over(made.error().name, made.error().text);
    asked_ = true;
    answered_ = std::move(*made);
    TRY(say(FrameType::Authenticator, wire::encode_bytes(answered_->authenticator)));
    return say(
        FrameType::Binding,
        wire::encode(wire::BindingBody{answered_->binding, answered_->endorsements()})
    );
}

OrOver<void> Visitor::say(FrameType type, base::View body) {
    auto const put = ::net::put_frame(stream_.session(), type, body);
    if (!put || !push()) return gone("it does not listen");
    return {};
}

OrOver<void> Visitor::flush(Clock::time_point deadline) {
    while (unsent_bytes() > 0) {
        auto const left = std::chrono::ceil<os::Milliseconds>(deadline - Clock::now());
        pollfd entry{.fd = stream_.socket(), .events = POLLOUT, .revents = 0};
        if (left.count() <= 0) return gone("it does not read");
        (void)os::poll({&entry, 1}, left);
        if (!push()) return gone("it does not listen");
    }
    return {};
}

void Visitor::refuse(std::string_view name) {
    (void)say(FrameType::Refuse, wire::encode_text(name));
    close();
}

void Visitor::close() {
    stream_.session().close();
    (void)push();
}

Digest Visitor::peer() const {
    auto const key = const_cast<net::TlsStream&>(stream_).session().peer_public_key();
    return key.empty() ? Digest{} : crypto::sha256(key);
}

} // namespace exec::provision
