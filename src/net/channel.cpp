#include "net/channel.hpp"

#include "crypto/tls_context.hpp"
#include "net/names.hpp"
#include "os/failure.hpp"
#include "os/socket.hpp"

namespace net {

namespace {

using base::Errno;

std::unexpected<Trouble> trouble(std::string text, bool again = true) {
    return std::unexpected(Trouble{.text = std::move(text), .again = again});
}

std::unexpected<Trouble> trouble(Errno error) {
    return trouble(std::string{os::description(error)});
}

OrTrouble<> wait_for(int socket, short events, Deadline deadline) {
    auto const left =
        std::chrono::duration_cast<os::Milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{.fd = socket, .events = events, .revents = 0};
    auto const ready =
        left.count() <= 0 ? base::Result<std::size_t>{0} : os::poll({&entry, 1}, left);
    if (!ready) return trouble(ready.error());
    if (*ready == 0) return trouble("no answer in time");
    return {};
}

OrTrouble<os::Fd> connected(os::SocketAddress const& address, Deadline deadline) {
    auto socket = os::stream_socket(address.family());
    if (!socket) return trouble(socket.error());
    auto const begun = os::connect(socket->number(), address);
    if (!begun) {
        if (begun.error() != Errno::InProgress) return trouble(begun.error());
        TRY(wait_for(socket->number(), POLLOUT, deadline));
        auto const came = os::pending_error(socket->number());
        if (!came) return trouble(came.error());
    }
    return std::move(*socket);
}

// A key of this moment: no server of a vendor asks who comes.
crypto::TlsResult<crypto::TlsSession> tls_session(std::string const& host) {
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto key = TRY(crypto::TlsKey::generate());
    auto const credential = TRY(crypto::TlsCredential::self_signed(std::move(key), {}, now));
    auto const context =
        TRY(crypto::TlsContext::client(
            credential, {.authorities = {}, .alpn = {}, .also_tls_1_2 = true}
        ));
    return context.connect(host);
}

} // namespace

OrTrouble<Channel> Channel::open(WebAddress const& address, Deadline deadline) {
    auto const addresses = look_up(address.host, address.port);
    if (!addresses) return trouble(addresses.error());
    std::string why = "the name has no address";
    for (auto const& candidate : *addresses) {
        auto socket = connected(candidate, deadline);
        if (!socket) {
            why = candidate.to_string() + ": " + socket.error().text;
            continue;
        }
        Channel out{std::move(*socket), deadline};
        if (address.tls) TRY(out.greet(address.host));
        return out;
    }
    return trouble(why);
}

OrTrouble<> Channel::wait(short events) { return wait_for(socket_.number(), events, deadline_); }

OrTrouble<> Channel::greet(std::string const& host) {
    auto session = tls_session(host);
    if (!session) return trouble("TLS: " + session.error().text, false);
    tls_ = std::move(*session);
    while (true) {
        auto const done = tls_->handshake();
        auto flushed = flush();
        if (!done) return trouble("TLS: " + done.error().text, false);
        if (!flushed) return flushed;
        if (*done) return {};
        TRY(pull());
    }
}

OrTrouble<> Channel::flush() {
    while (!tls_->outgoing().empty()) {
        auto const sent = os::send(socket_.number(), tls_->outgoing(), MSG_DONTWAIT);
        if (sent)
            tls_->sent(*sent);
        else if (sent.error() == Errno::Again)
            TRY(wait(POLLOUT));
        else
            return trouble(sent.error());
    }
    return {};
}

OrTrouble<> Channel::pull() {
    TRY(wait(POLLIN));
    auto const got = os::receive(socket_.number(), tls_->incoming_space(), MSG_DONTWAIT);
    if (!got && got.error() == Errno::Again) return {};
    if (!got) return trouble(got.error());
    if (*got == 0) tls_->received_end();
    tls_->received(*got);
    return {};
}

OrTrouble<> Channel::write(std::string_view text) {
    auto left = std::as_bytes(std::span{text});
    if (tls_) {
        auto const taken = tls_->write(left);
        if (!taken) return trouble(taken.error());
        return flush();
    }
    while (!left.empty()) {
        TRY(wait(POLLOUT));
        auto const sent = os::send(socket_.number(), left, MSG_DONTWAIT);
        if (sent)
            left = left.subspan(*sent);
        else if (sent.error() != Errno::Again)
            return trouble(sent.error());
    }
    return {};
}

OrTrouble<std::size_t> Channel::read(std::span<std::byte> out) {
    while (true) {
        if (!tls_) TRY(wait(POLLIN));
        auto const got = tls_ ? tls_->read(out) : os::receive(socket_.number(), out, MSG_DONTWAIT);
        if (got) return *got;
        if (got.error() != Errno::Again) return trouble(got.error());
        if (tls_) TRY(pull());
    }
}

} // namespace net
