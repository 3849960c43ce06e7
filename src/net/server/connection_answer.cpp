// How a connection answers: header, body, file, end; or a tunnel.

#include "net/server/connection.hpp"

#include <algorithm>
#include <ctime>

#include <sys/epoll.h>
#include <unistd.h>

namespace net::server {

namespace {

constexpr int turns = 16; // before other connections get theirs
constexpr std::chrono::milliseconds drain_time{2'000};

// RFC 9110, 5.6.7
std::string date_text(std::time_t time) {
    tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 40> text{};
    auto const length =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), length};
}

} // namespace

void Connection::respond(Response response) {
    if (state_ != State::Receiving && state_ != State::Answering) return;
    state_ = State::Sending;
    closing_ = closing_ || response.close || !keep_alive_ || around_->winding_down;
    bool const bodyless = response.status < 200 || response.status == 204;
    auto& figure = around_->figures.answers;
    ++figure.at(std::min<std::size_t>(response.status / 100, figure.size() - 1));
    auto const size = response.file ? response.file->size : response.body.size();
    file_ = std::move(response.file);
    if (head_only_) file_.reset();
    file_sent_ = 0;
    tunnel_ = std::move(response.tunnel);

    std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ' +
                       std::string{reason_of(response.status)} + "\r\n";
    head += "Date: " + date_text(std::time(nullptr)) + "\r\n";
    if (!bodyless) head += "Content-Length: " + std::to_string(size) + "\r\n";
    if (!bodyless && !response.type.empty()) head += "Content-Type: " + response.type + "\r\n";
    for (auto const& [name, value] : response.headers) head += name + ": " + value + "\r\n";
    if (tunnel_)
        head += "Connection: Upgrade\r\nUpgrade: " + tunnel_->protocol + "\r\n";
    else if (closing_)
        head += "Connection: close\r\n";
    head += "\r\n";
    if (!head_only_ && !file_ && !bodyless) head += response.body;
    last_until(around_->limits.stall);
    progress_ = 0;
    if (!transport_.write(base::view_of(head))) over();
}

// True: the next request may be here already.
bool Connection::send() {
    for (int turn = 0; turn < turns && state_ == State::Sending; ++turn) {
        auto const before = transport_.waiting();
        if (!transport_.flush()) {
            over();
            return false;
        }
        progress_ += before - transport_.waiting();
        if (progress_ >= around_->limits.progress) {
            progress_ = 0;
            last_until(around_->limits.stall);
        }
        if (transport_.waiting() != 0) return false;
        if (file_)
            next_piece_of_file();
        else
            sent_all();
    }
    return state_ == State::Receiving;
}

void Connection::next_piece_of_file() {
    auto const left = file_->size - file_sent_;
    auto const out = std::span{around_->text}.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(left, around_->text.size()))
    );
    if (out.empty()) {
        file_.reset();
        return;
    }
    auto const got =
        ::pread(file_->file.number(), out.data(), out.size(), static_cast<off_t>(file_sent_));
    // What is not there can only be told by ending short of the length that was announced.
    if (got <= 0) return over();
    file_sent_ += static_cast<std::uint64_t>(got);
    if (!transport_.write(out.first(static_cast<std::size_t>(got)))) over();
}

void Connection::sent_all() {
    if (tunnel_) return start_tunnel();
    if (closing_) {
        transport_.end_writing();
        state_ = State::Draining;
        return last_until(drain_time);
    }
    since_ = Clock::now();
    last_until(around_->limits.idle);
    state_ = State::Receiving;
}

// Closing while something of the client is unread would make the network drop our answer.
void Connection::drain() {
    if (!transport_.flush()) return over();
    while (true) {
        auto const got = transport_.discard();
        if (!got && got.error() == base::Errno::Again) return;
        if (!got || *got == 0) return over();
    }
}

// ---- no HTTP any more ----

void Connection::start_tunnel() {
    ++around_->figures.tunnels;
    pump_.emplace(std::move(tunnel_->socket), std::exchange(input_, {}));
    tunnel_.reset();
    deadline_.reset();
    auto watch =
        around_->loop->watch(pump_->descriptor(), EPOLLIN, [this](std::uint32_t /*events*/) {
            step();
        });
    if (!watch) return over();
    far_watch_ = std::move(*watch);
    state_ = State::Tunnelling;
}

void Connection::pump() {
    if (pump_->carry(transport_, around_->text)) return over();
    far_watch_.want(
        (pump_->reads_far(transport_) ? std::uint32_t{EPOLLIN} : 0U) |
        (pump_->writes_far() ? std::uint32_t{EPOLLOUT} : 0U)
    );
}

} // namespace net::server
