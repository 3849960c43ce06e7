#include "net/channel.hpp"

#include "crypto/tls_context.hpp"
#include "os/failure.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <array>

namespace net {

namespace {

using base::Errno;
using std::chrono::nanoseconds;

std::unexpected<Trouble> trouble(std::string text, bool again = true) {
    return std::unexpected(Trouble{.text = std::move(text), .again = again});
}

std::unexpected<Trouble> trouble(Errno error) {
    return trouble(std::string{os::description(error)});
}

std::unexpected<Trouble> trouble(crypto::TlsError const& error) {
    using Kind = crypto::TlsError::Kind;
    return std::unexpected(
        Trouble{
            .text = "TLS: " + error.text,
            .again = false,
            .untrusted = error.kind == Kind::Untrusted || error.kind == Kind::Expired ||
                         error.kind == Kind::WrongName
        }
    );
}

// How long was waited for the socket; `most` where nothing came of it.
OrTrouble<nanoseconds> wait_for(int socket, short events, nanoseconds most, int stop) {
    auto const begun = Clock::now();
    while (true) {
        auto const gone = std::min<nanoseconds>(Clock::now() - begun, most);
        auto const left = std::chrono::ceil<os::Milliseconds>(most - gone);
        std::array set{
            pollfd{.fd = socket, .events = events, .revents = 0},
            pollfd{.fd = stop, .events = POLLIN, .revents = 0}
        };
        auto const ready = os::poll(set, left);
        if (!ready && ready.error() == Errno::Intr) continue;
        if (!ready) return trouble(ready.error());
        if (*ready == 0) return most;
        if (set[1].revents != 0) return trouble("stopped", false);
        return std::min<nanoseconds>(Clock::now() - begun, most - nanoseconds{1});
    }
}

// A key of this moment, where nobody asks who comes.
crypto::TlsResult<crypto::TlsCredential> credential_of_this_moment() {
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto key = TRY(crypto::TlsKey::generate());
    return crypto::TlsCredential::self_signed(std::move(key), {}, now);
}

crypto::TlsResult<crypto::TlsSession>
tls_session(std::string const& server_name, TlsWish const& wish) {
    crypto::TlsClientSettings const settings{
        .authorities = wish.authorities,
        .alpn = wish.alpn,
        .also_tls_1_2 = wish.also_tls_1_2,
        .any_certificate = wish.any_certificate || wish.server_key.has_value()
    };
    if (wish.anonymous) return TRY(crypto::TlsContext::client(settings)).connect(server_name);
    auto const credential =
        wish.credential ? wish.credential->share() : TRY(credential_of_this_moment());
    return TRY(crypto::TlsContext::client(credential, settings)).connect(server_name);
}

} // namespace

Channel Channel::over(os::Fd socket, Patience const& patience) {
    return Channel{std::move(socket), patience};
}

OrTrouble<> Channel::start_tls(std::string const& server_name, TlsWish const& wish) {
    auto session = tls_session(server_name, wish);
    if (!session) return trouble(session.error());
    tls_ = std::move(*session);
    auto const whole = deadline_;
    deadline_ = std::min(deadline_, Clock::now() + patience_.connect);
    TRY(greet());
    deadline_ = whole;
    if (wish.server_key && crypto::sha256(tls_->peer_public_key()) != *wish.server_key)
        return std::unexpected(
            Trouble{
                .text = "TLS: the server has another key than the one that was named",
                .again = false,
                .untrusted = true
            }
        );
    return {};
}

OrTrouble<> Channel::wait(short events) {
    auto const left = std::max<nanoseconds>(deadline_ - Clock::now(), nanoseconds{0});
    auto const stall = patience_.stall - waited_;
    auto const most = std::min<nanoseconds>(left, stall);
    auto const waited = TRY(wait_for(socket_.number(), events, most, patience_.stop));
    if (waited == most && left <= stall) return trouble("no answer in time");
    waited_ += waited;
    if (waited_ < patience_.stall) return {};
    if (moved_ < patience_.least)
        return trouble(
            moved_ == 0 ? "no answer in time"
                        : "only " + std::to_string(moved_) + " bytes came in " +
                              std::to_string(patience_.stall / std::chrono::seconds{1}) + " s"
        );
    waited_ = {};
    moved_ = 0;
    return {};
}

OrTrouble<> Channel::greet() {
    while (true) {
        auto const done = tls_->handshake();
        auto flushed = flush();
        if (!done) return trouble(done.error());
        if (!flushed) return flushed;
        if (*done) return {};
        TRY(pull(true));
    }
}

OrTrouble<> Channel::flush() {
    while (!tls_->outgoing().empty()) {
        auto const sent = os::send(socket_.number(), tls_->outgoing(), MSG_DONTWAIT);
        if (sent) {
            tls_->sent(*sent);
            moved_ += *sent;
        } else if (sent.error() == Errno::Again) {
            TRY(wait(POLLOUT));
        } else {
            return trouble(sent.error());
        }
    }
    return {};
}

OrTrouble<bool> Channel::pull(bool waits) {
    while (true) {
        auto const got = os::receive(socket_.number(), tls_->incoming_space(), MSG_DONTWAIT);
        if (!got && got.error() == Errno::Again) {
            if (!waits) return false;
            TRY(wait(POLLIN));
            continue;
        }
        if (!got) return trouble(got.error());
        if (*got == 0) tls_->received_end();
        tls_->received(*got);
        moved_ += *got;
        return true;
    }
}

OrTrouble<> Channel::write(base::View bytes) {
    constexpr std::size_t piece = 64 << 10; // what TLS makes of it is held in memory
    while (tls_ && !bytes.empty()) {
        auto const part = bytes.first(std::min(piece, bytes.size()));
        auto const taken = tls_->write(part);
        if (!taken) return trouble(taken.error());
        TRY(flush());
        bytes = bytes.subspan(part.size());
    }
    while (!bytes.empty()) {
        auto const sent = os::send(socket_.number(), bytes, MSG_DONTWAIT);
        if (sent) {
            bytes = bytes.subspan(*sent);
            moved_ += *sent;
        } else if (sent.error() == Errno::Again) {
            TRY(wait(POLLOUT));
        } else {
            return trouble(sent.error());
        }
    }
    return {};
}

std::optional<std::size_t> Channel::take_ahead(std::span<std::byte> out) {
    if (ahead_.empty()) return {};
    auto const count = std::min(out.size(), ahead_.size());
    std::copy_n(ahead_.begin(), count, out.begin());
    ahead_.erase(ahead_.begin(), ahead_.begin() + std::ptrdiff_t(count));
    return count;
}

OrTrouble<std::size_t> Channel::read(std::span<std::byte> out) {
    while (true) {
        if (auto const got = TRY(read_now(out))) return *got;
        TRY(wait(POLLIN)); // nothing was there a moment ago
    }
}

OrTrouble<std::optional<std::size_t>> Channel::read_now(std::span<std::byte> out) {
    if (auto const got = take_ahead(out)) return got;
    while (true) {
        auto const got = tls_ ? tls_->read(out) : os::receive(socket_.number(), out, MSG_DONTWAIT);
        if (got) {
            if (!tls_) moved_ += *got;
            return *got;
        }
        if (got.error() != Errno::Again) return trouble(got.error());
        if (!tls_ || !TRY(pull(false))) return std::nullopt;
    }
}

OrTrouble<bool> Channel::readable_now() {
    if (!ahead_.empty()) return true;
    if (!tls_) {
        auto const now = os::poll_now(socket_.number(), POLLIN);
        if (!now) return trouble(now.error());
        return *now != 0;
    }
    while (true) {
        auto const ready = tls_->readable();
        if (ready || ready.error() != Errno::Again) return true; // its end, or what is wrong
        if (!TRY(pull(false))) return false;
    }
}

void Channel::close() {
    if (!tls_) return;
    tls_->close();
    (void)os::send(socket_.number(), tls_->outgoing(), MSG_DONTWAIT);
}

} // namespace net
