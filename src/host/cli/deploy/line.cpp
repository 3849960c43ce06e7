#include "host/cli/deploy/line.hpp"

#include "os/failure.hpp"
#include "os/socket.hpp"

#include <algorithm>

namespace host::cli {

namespace wire = protocol::provision;
using base::Errno;

namespace {

constexpr std::size_t step = std::size_t{64} << 10; // of what is wrapped in the host's TLS at once

std::unexpected<LineOver> broken(std::string text) {
    return std::unexpected(LineOver{.text = std::move(text)});
}

} // namespace

crypto::TlsResult<Line> Line::over(net::Channel::Parts carrier, crypto::TlsContext const& context) {
    return Line{std::move(carrier), TRY(context.connect("keep"))};
}

// What the network has for this session.
Line::Pulled Line::receive(crypto::TlsSession& into) {
    auto const space = into.incoming_space();
    if (&into == &session_ && !carrier_.ahead.empty()) {
        auto const count = std::min(space.size(), carrier_.ahead.size());
        std::copy_n(carrier_.ahead.begin(), count, space.begin());
        carrier_.ahead.erase(
            carrier_.ahead.begin(), carrier_.ahead.begin() + static_cast<std::ptrdiff_t>(count)
        );
        into.received(count);
        return true;
    }
    auto const got = os::receive(carrier_.socket.number(), space, MSG_DONTWAIT);
    if (!got && (got.error() == Errno::Again || got.error() == Errno::Intr)) return false;
    if (!got) return broken(std::string{os::description(got.error())});
    if (*got == 0)
        into.received_end();
    else
        into.received(*got);
    return *got > 0 ? Pulled{true} : broken("it was closed");
}

Line::Pulled Line::pull() {
    if (!carrier_.tls || !carrier_.ahead.empty()) return receive(session_);
    while (true) {
        auto const got = carrier_.tls->read(session_.incoming_space());
        if (got && *got == 0) return broken("the host has closed it");
        if (got) {
            session_.received(*got);
            return true;
        }
        if (got.error() != Errno::Again) return broken(std::string{os::description(got.error())});
        if (!TRY(receive(*carrier_.tls))) return false;
    }
}

base::Result<std::optional<wire::Frame>, LineOver> Line::next(wire::Trust trust) {
    while (true) {
        if (!shaken_) {
            auto const done = session_.handshake();
            (void)push();
            if (!done)
                return std::unexpected(
                    LineOver{.text = "no TLS with a Keep: " + done.error().text, .wrong = true}
                );
            shaken_ = *done;
            if (shaken_) return std::nullopt;
        } else {
            auto const frame = reader_.next(session_, trust);
            if (frame && *frame) return **frame;
            if (!frame && !frame.error().rule.empty())
                return std::unexpected(
                    LineOver{
                        .text = "a message of another form: " + std::string{frame.error().rule},
                        .wrong = true
                    }
                );
            if (!frame) return broken("the Keep's end was closed");
        }
        if (!TRY(pull())) return std::nullopt;
    }
}

void Line::say(attest::provision::Message const& message) {
    (void)net::put_frame(session_, message.type, message.body); // a broken line is told by push()
    (void)push();
}

bool Line::unsent() const {
    return !session_.outgoing().empty() || (carrier_.tls && !carrier_.tls->outgoing().empty());
}

bool Line::push() {
    while (unsent()) {
        if (carrier_.tls && carrier_.tls->outgoing().empty()) {
            auto const piece =
                session_.outgoing().first(std::min(step, session_.outgoing().size()));
            if (!carrier_.tls->write(piece)) return false;
            session_.sent(piece.size());
        }
        auto& last = carrier_.tls ? *carrier_.tls : session_;
        auto const sent = os::send(carrier_.socket.number(), last.outgoing(), MSG_DONTWAIT);
        if (!sent) return sent.error() == Errno::Again || sent.error() == Errno::Intr;
        last.sent(*sent);
    }
    return true;
}

void Line::close(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    session_.close();
    auto const until = Clock::now() + patience;
    while (push() && unsent()) {
        auto const left = std::chrono::ceil<os::Milliseconds>(until - Clock::now());
        pollfd entry{.fd = carrier_.socket.number(), .events = POLLOUT, .revents = 0};
        if (left.count() <= 0) break;
        (void)os::poll({&entry, 1}, left);
    }
    if (!carrier_.tls) return;
    carrier_.tls->close();
    (void)push();
}

pollfd Line::wait_entry() const {
    return {
        .fd = carrier_.socket.number(),
        .events = static_cast<short>(unsent() ? POLLIN | POLLOUT : POLLIN),
        .revents = 0
    };
}

} // namespace host::cli
