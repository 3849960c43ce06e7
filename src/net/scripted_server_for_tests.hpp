#pragma once

// A server of a test that says what the test wrote, on each connection in turn, plain or TLS.

#include "crypto/tls_pair_for_tests.hpp"
#include "net/web_address.hpp"
#include "os/socket.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace net::testing {

// The server's end of one connection.
class Peer {
public:
    Peer(os::Fd socket, crypto::TlsContext const* tls) : socket_{std::move(socket)} {
        if (tls == nullptr) return;
        tls_ = *tls->accept();
        while (true) {
            auto const done = tls_->handshake();
            flush();
            if (!done || *done || !pull()) break;
        }
    }

    // A head and the body that its Content-Length announces; empty at the end of the connection.
    std::string request() {
        std::string text;
        auto end = std::string::npos;
        while ((end = text.find("\r\n\r\n")) == std::string::npos)
            if (!more(text)) return {};
        auto const length = text.find("Content-Length: ");
        auto const body = length < end ? std::stoull(text.substr(length + 16)) : 0;
        while (text.size() < end + 4 + body)
            if (!more(text)) return {};
        return text;
    }
    void say(std::string_view text) {
        auto left = base::view_of(text);
        if (tls_) {
            (void)tls_->write(left);
            flush();
            return;
        }
        while (!left.empty()) {
            auto const sent = os::send(socket_.number(), left, 0);
            if (!sent) return;
            left = left.subspan(*sent);
        }
    }
    void answer(std::string const& status, std::string const& headers, std::string const& body) {
        say("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
            headers + "\r\n" + body);
    }
    crypto::TlsSession& tls() { return *tls_; }
    bool more(std::string& text) {
        std::array<std::byte, 64 << 10> bytes{};
        while (true) {
            auto const got = tls_ ? tls_->read(bytes) : os::receive(socket_.number(), bytes, 0);
            if (!got && got.error() == base::Errno::Again && pull()) continue;
            if (!got || *got == 0) return false;
            text += base::text_of(std::span{bytes}.first(*got));
            return true;
        }
    }

private:
    bool pull() {
        auto const got = os::receive(socket_.number(), tls_->incoming_space(), 0);
        if (!got || *got == 0) return false;
        tls_->received(*got);
        return true;
    }
    void flush() {
        while (!tls_->outgoing().empty()) {
            auto const sent = os::send(socket_.number(), tls_->outgoing(), 0);
            if (!sent) return;
            tls_->sent(*sent);
        }
    }

    os::Fd socket_;
    std::optional<crypto::TlsSession> tls_;
};

class ScriptedServer {
public:
    using Play = std::function<void(Peer&)>;

    // `play` is called for each connection, one after the other.
    explicit ScriptedServer(Play play, std::optional<crypto::TlsContext> tls = {})
        : play_{std::move(play)}, tls_{std::move(tls)}, listener_{*os::stream_socket(AF_INET)} {
        (void)os::bind(listener_.number(), *os::SocketAddress::parse("127.0.0.1", 0));
        (void)os::listen(listener_.number(), 16);
        (void)os::make_blocking(listener_.number());
        port_ = os::SocketAddress::of_socket(listener_.number())->port();
        thread_ = std::thread{[this] {
            while (auto socket = os::accept(listener_.number())) {
                ++connections_;
                Peer peer{std::move(*socket), tls_ ? &*tls_ : nullptr};
                play_(peer);
            }
        }};
    }
    ScriptedServer(ScriptedServer const&) = delete;
    ScriptedServer& operator=(ScriptedServer const&) = delete;
    ~ScriptedServer() { stop(); }

    void stop() {
        if (!thread_.joinable()) return;
        (void)os::shutdown(listener_.number(), SHUT_RDWR);
        thread_.join();
    }
    std::string port() const { return std::to_string(port_); }
    WebAddress address() const {
        return *WebAddress::parse((tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + port());
    }
    unsigned connections() const { return connections_; }

private:
    Play play_;
    std::optional<crypto::TlsContext> tls_;
    os::Fd listener_;
    std::uint16_t port_ = 0;
    std::atomic<unsigned> connections_ = 0;
    std::thread thread_;
};

} // namespace net::testing
