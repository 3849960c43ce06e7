#pragma once

// A client of HTTP/1.1: any request, its body and that of the answer from and to anywhere, on
// connections that are kept while they serve.

#include "net/http_answer.hpp"
#include "net/proxy.hpp"

#include <functional>
#include <optional>

namespace net {

// What a request carries. It may be asked for twice, where a connection that was kept turns out to
// be dead.
struct RequestBody {
    std::uint64_t size = 0;
    // Bytes from that offset on, as many as fit or are there, at least one.
    std::function<OrTrouble<std::size_t>(std::uint64_t offset, std::span<std::byte> out)> read;
    std::function<void(std::uint64_t sent)> progress = {};

    static RequestBody of(std::string text);
};

struct HttpRequest {
    std::string method = "GET";
    WebAddress address;
    std::string target = "/"; // path and query, behind the address's own path
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::optional<RequestBody> body = {};
    std::optional<AnswerLimits> limits = {}; // instead of the client's
};

// Redirections are followed where this says so; the answer itself is what comes otherwise. What
// tells who asks (Authorization, Cookie) goes to no other address than the first.
using FollowPolicy = std::function<bool(WebAddress const& from, WebAddress const& to)>;

struct HttpSettings {
    Dial dial = Channel::connect; // who has no resolver of the system's names another one
    Patience patience = {};
    TlsWish tls = {};
    AnswerLimits limits = {};
    std::optional<std::chrono::milliseconds> whole = {}; // for each request, all of it
    std::optional<Environment> proxies = {};             // where proxies are named; none: no proxy
    FollowPolicy follow = {};
    bool keep_alive = true;
};

// Where a Location leads (RFC 3986, 4.2), seen from a request.
struct Place {
    WebAddress address; // without a path
    std::string target;
};
std::optional<Place>
resolve(WebAddress const& address, std::string const& target, std::string const& location);

class HttpClient {
public:
    explicit HttpClient(HttpSettings settings) : settings_{std::move(settings)} {}

    // An answer of any status. `sink`: where its body goes, if the sink wants it.
    OrTrouble<HttpAnswer> ask(HttpRequest const& request, BodySink* sink = nullptr);

    // Another protocol on the same connection (RFC 9110, 7.8): the channel behind status 101, or
    // the answer of a server that does not want to.
    struct Upgraded {
        HttpAnswer answer = {};
        std::optional<Channel> channel;
    };
    OrTrouble<Upgraded> upgrade(HttpRequest request, std::string const& protocol);

    // Where this descriptor is ready, requests end as trouble; -1: none is.
    void stop_by(int event) {
        settings_.patience.stop = event;
        if (kept_) kept_->channel.stop_by(event);
    }

    // The connection that served last, if it is still there.
    Channel const* channel() const { return kept_ ? &kept_->channel : nullptr; }

private:
    struct Kept {
        WebAddress address; // without a path
        Channel channel;
        std::optional<Proxy> proxy; // one that is sent whole addresses: plain HTTP
        bool used = false;
    };

    OrTrouble<> reach(WebAddress const& address);
    OrTrouble<Kept> open(WebAddress const& address, Deadline deadline);
    OrTrouble<HttpAnswer> ask_once(HttpRequest const& request, BodySink* sink);
    OrTrouble<ReadAnswer> exchange(HttpRequest const& request, BodySink* sink);
    OrTrouble<bool> send(HttpRequest const& request);

    HttpSettings settings_;
    std::optional<Kept> kept_;
};

} // namespace net
