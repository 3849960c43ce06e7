#pragma once

// Which code answers which request.

#include "crypto/tls_session.hpp"
#include "net/server/message.hpp"
#include "os/socket_address.hpp"

#include <any>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace net::server {

// Who asks. It is there as long as the call that it is handed to, and no other thread may use it.
class Client {
public:
    virtual ~Client() = default;
    virtual std::optional<os::SocketAddress> address() const = 0;
    virtual crypto::TlsSession const* tls() const = 0; // none: plain HTTP
    // What the server's user keeps from one request of this connection to the next.
    virtual std::any& slot() = 0;

    // SubjectPublicKeyInfo of the certificate that was shown; empty: none.
    std::vector<std::byte> public_key() const {
        return tls() == nullptr ? std::vector<std::byte>{} : tls()->peer_public_key();
    }
};

// The way back to who asked: at once or later, from any thread, once. One that is dropped without
// an answer answers 500.
class Answer {
public:
    explicit Answer(std::function<void(Response)> send) : send_{std::move(send)} {}
    Answer(Answer&& other) noexcept : send_{std::exchange(other.send_, nullptr)} {}
    Answer& operator=(Answer&& other) noexcept {
        send_.swap(other.send_);
        return *this;
    }
    Answer(Answer const&) = delete;
    Answer& operator=(Answer const&) = delete;
    ~Answer();

    void operator()(Response response);

private:
    std::function<void(Response)> send_;
};

// Takes a body that is too large for memory, piece by piece. One that goes before end() was called
// was cut short.
class Sink {
public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    virtual ~Sink() = default;
    // A response: that, and no more of the body.
    virtual std::optional<Response> write(base::View piece) = 0;
    virtual void end(Answer answer) = 0;
};

// `length`: what the client says; it may say nothing.
using OpenSink = std::function<base::Result<std::unique_ptr<Sink>, Response>(
    Request const& request, Client& client, std::optional<std::uint64_t> length
)>;
using Later = std::function<void(Request request, Client& client, Answer answer)>;
using AtOnce = std::function<Response(Request const& request, Client& client)>;
// A response: that instead, and nothing of the body is read.
using Guard = std::function<std::optional<Response>(Request const& request, Client& client)>;

struct Route {
    std::string method;  // "GET" answers HEAD, too
    std::string pattern; // "/v1/keeps/{id}/channel"; {} is one part and never empty
    std::variant<AtOnce, Later, OpenSink> handler;
    std::uint64_t body = 0; // bytes at most
    Guard guard = {};
};

class Router {
public:
    Router& add(Route route);

    // Fills in the parts of the request's path. Otherwise the answer is 404 or 405.
    base::Result<Route const*, Response> find(Request& request) const;

private:
    struct Entry {
        Route route;
        std::vector<std::string> parts;
    };
    std::vector<Entry> routes_;
};

// Splits the target of a request line into path and query. False: it is none of this server's.
bool set_target(Request& request, std::string_view target);

} // namespace net::server
