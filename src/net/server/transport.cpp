#include "net/server/transport.hpp"

#include "os/socket.hpp"

namespace net::server {

using base::Errno;

base::Result<void> Transport::pull() {
    auto const got = TRY(os::receive(socket_.number(), *scratch_, MSG_DONTWAIT));
    if (got == 0)
        session_->received_end();
    else
        session_->received(std::span{*scratch_}.first(got));
    return {};
}

base::Result<void> Transport::greet() {
    if (!session_) {
        auto made = context_->accept();
        if (!made) return std::unexpected(Errno::NoMem);
        session_ = std::move(*made);
    }
    while (true) {
        auto const done = session_->handshake();
        auto const flushed = flush(); // an alert, if it failed
        if (!done) return std::unexpected(Errno::Proto);
        TRY(flushed);
        if (*done) break;
        TRY(pull());
    }
    shaken_ = true;
    return {};
}

base::Result<std::size_t> Transport::read(std::span<std::byte> out) {
    if (context_ == nullptr) return os::receive(socket_.number(), out, MSG_DONTWAIT);
    if (!shaken_) TRY(greet());
    while (true) {
        auto const got = session_->read(out);
        if (got || got.error() != Errno::Again) return got;
        TRY(pull());
    }
}

base::Result<void> Transport::write(base::View bytes) {
    if (session_) return session_->write(bytes);
    plain_.append(bytes);
    return {};
}

std::size_t Transport::waiting() const {
    return session_ ? session_->outgoing().size() : plain_.size();
}

base::Result<void> Transport::flush() {
    while (waiting() != 0) {
        auto const bytes = session_ ? session_->outgoing() : plain_.bytes();
        auto const sent = os::send(socket_.number(), bytes, MSG_DONTWAIT);
        if (!sent && sent.error() == Errno::Again) return {};
        auto const count = TRY(sent);
        if (session_)
            session_->sent(count);
        else
            plain_.drop(count);
    }
    if (!ending_ || ended_) return {};
    ended_ = true;
    return os::shutdown(socket_.number(), SHUT_WR);
}

void Transport::end_writing() {
    if (ending_) return;
    ending_ = true;
    if (session_ && shaken_) session_->close();
}

base::Result<std::size_t> Transport::discard() {
    return os::receive(socket_.number(), *scratch_, MSG_DONTWAIT);
}

void Transport::shed() {
    if (session_) session_->shed();
    plain_.shed();
}

} // namespace net::server
