#include "keep/exec/net/tls_listener.hpp"

#include "keep/exec/net/tcp_listener.hpp"
#include "keep/exec/net/tls_connection.hpp"
#include "os/socket.hpp"

#include <algorithm>
#include <array>

namespace exec::net {

using base::Errno;
using std::chrono::milliseconds;

Result<std::unique_ptr<Connection>> TlsListener::accept(bool nonblocking) {
    while (done_.empty()) {
        TRY(welcome());
        if (!done_.empty()) break;
        TRY(progress(nonblocking ? milliseconds{0} : next_deadline()));
        if (done_.empty() && nonblocking) return std::unexpected(Errno::Again);
    }
    auto connection = std::move(done_.front());
    done_.pop_front();
    return connection;
}

bool TlsListener::ready(Direction direction, WaitSet& waits) {
    if (direction == Direction::Write || !done_.empty()) return true;
    if (!welcome() || !done_.empty()) return true;
    if (!progress(milliseconds{0}) || !done_.empty()) return true;
    append_waits(waits);
    return false;
}

std::optional<Pollable::Watched> TlsListener::watched(Direction direction) {
    if (direction == Direction::Write || !done_.empty() || !handshakes_.empty()) return {};
    pollfd const entry{.fd = socket_.number(), .events = POLLIN, .revents = 0};
    return Watched{.entry = entry, .tells_all = false};
}

// Takes in all clients that knock, at most as many as there may be handshakes, and begins with
// each.
Result<void> TlsListener::welcome() {
    for (std::size_t count = 0; count < limits_.at_once; ++count) {
        auto client = next_client(socket_.number());
        if (!client && client.error() == Errno::MFile && !handshakes_.empty()) {
            handshakes_.pop_front(); // its descriptor serves another
            continue;
        }
        if (!client && client.error() == Errno::Again) return {};
        begin(TRY(std::move(client)));
    }
    return {};
}

void TlsListener::renew() {
    if (handshakes_.empty()) older_.clear();
    auto newer = newer_ ? newer_() : std::nullopt;
    if (!newer) return;
    older_.push_back(std::move(context_));
    context_ = *std::move(newer);
}

void TlsListener::begin(os::Fd client) {
    renew();
    if (handshakes_.size() == limits_.at_once) handshakes_.pop_front();
    auto& handshake = handshakes_.emplace_back(std::move(client), Clock::now() + limits_.patience);
    advance(handshake);
    if (handshake.over) handshakes_.pop_back();
}

// The client's session, made with its first bytes. Nothing: it has not sent any, or is gone.
TlsStream* TlsListener::hear(Handshake& handshake) {
    if (auto* const stream = std::get_if<TlsStream>(&handshake.client)) return stream;
    auto& socket = std::get<os::Fd>(handshake.client);
    std::array<std::byte, crypto::TlsSession::handshake_room> first; // receive() fills it
    auto const count = os::receive(socket.number(), first, MSG_DONTWAIT);
    if (!count && count.error() == Errno::Again) return nullptr;
    handshake.over = true;
    if (!count || *count == 0) return nullptr;
    auto session = context_.accept();
    if (!session) return nullptr;
    std::ranges::copy(std::span{first}.first(*count), session->incoming_space().begin());
    session->received(*count);
    handshake.over = false;
    handshake.client = TlsStream{std::move(socket), std::move(*session)};
    return &std::get<TlsStream>(handshake.client);
}

void TlsListener::advance(Handshake& handshake) {
    if (auto const* const aside = std::get_if<std::unique_ptr<Aside>>(&handshake.client)) {
        handshake.over = !(*aside)->advance();
        return;
    }
    auto* const stream = hear(handshake);
    if (stream == nullptr) return;
    auto const done = stream->advance_handshake();
    handshake.over = !done || *done;
    if (done && *done) hand_out(handshake, *stream);
}

// To the application, or to who speaks aside: that goes on in the handshake's place and time.
void TlsListener::hand_out(Handshake& handshake, TlsStream& stream) {
    if (!aside_ || stream.session().alpn() != aside_->name) {
        done_.push_back(std::make_unique<TlsConnection>(std::move(stream), closing_));
        return;
    }
    auto aside = aside_->begin(std::move(stream));
    handshake.over = !aside->advance(); // its first words may have come with the handshake's last
    handshake.client = std::move(aside);
}

pollfd TlsListener::Handshake::wait_entry() const {
    if (auto const* const aside = std::get_if<std::unique_ptr<Aside>>(&client))
        return (*aside)->wait_entry();
    if (auto const* const stream = std::get_if<TlsStream>(&client)) return stream->wait_entry();
    return {.fd = std::get<os::Fd>(client).number(), .events = POLLIN, .revents = 0};
}

// Waits until a client knocks or a handshake can go on, for `timeout` at most (none: for ever);
// goes on with those that can and drops those whose time is up.
Result<void> TlsListener::progress(std::optional<milliseconds> timeout) {
    if (handshakes_.empty() && timeout == milliseconds{0}) return {};
    WaitSet waits;
    append_waits(waits);
    TRY(os::poll(waits, timeout));
    auto const now = Clock::now();
    for (std::size_t i = 0; i < handshakes_.size(); ++i) {
        if (waits[i + 1].revents != 0) advance(handshakes_[i]);
        if (handshakes_[i].deadline <= now) handshakes_[i].over = true;
    }
    std::erase_if(handshakes_, [](Handshake const& handshake) { return handshake.over; });
    return {};
}

std::optional<milliseconds> TlsListener::next_deadline() const {
    if (handshakes_.empty()) return std::nullopt;
    auto const left = handshakes_.front().deadline - Clock::now();
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(left));
}

// The listener first, then the handshakes in their order.
void TlsListener::append_waits(WaitSet& waits) const {
    waits.push_back({.fd = socket_.number(), .events = POLLIN, .revents = 0});
    for (auto const& handshake : handshakes_) waits.push_back(handshake.wait_entry());
}

} // namespace exec::net
