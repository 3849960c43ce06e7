#pragma once

// A connection of a client to a server, plain or TLS, of which no step waits for ever.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "crypto/tls_credential.hpp"
#include "crypto/tls_session.hpp"
#include "net/web_address.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace net {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

// Why the network did not do what was asked, for people. `again`: it may do so later.
struct Trouble {
    std::string text;
    bool again = true;
    bool untrusted = false; // the server showed a certificate or a key that is not believed
};

template <class T = void> using OrTrouble = base::Result<T, Trouble>;

// How long a channel waits for the other side. What the caller does meanwhile does not count.
struct Patience {
    std::chrono::milliseconds connect{30'000}; // for the connection, and again for TLS
    std::chrono::milliseconds stall{60'000};
    std::size_t least = 1; // bytes that have to move while it waits for `stall`
    int stop = -1;         // a descriptor: where it is ready, nobody waits any more
};

// Which server is believed, and what it is shown.
struct TlsWish {
    std::vector<std::string> authorities = {};           // PEM; none: the built-in ones
    std::optional<crypto::Sha256Digest> server_key = {}; // of its SPKI: believed by this alone
    std::shared_ptr<crypto::TlsCredential const> credential = {}; // none: a key of this moment
    bool anonymous = false;       // shows no key at all, even to a server that asks for one
    bool any_certificate = false; // the caller finds out otherwise who it is
    std::vector<std::string> alpn = {};
    bool also_tls_1_2 = true;
};

class Channel;
// How a server is reached by its name.
using Dial = std::function<
    OrTrouble<Channel>(std::string const& host, std::string const& port, Patience const& patience)>;

class Channel {
public:
    // Of a socket that is connected already.
    static Channel over(os::Fd socket, Patience const& patience);
    // By a name of the system's resolver, which a program without it leaves out
    // (channel_connect.cpp).
    static OrTrouble<Channel>
    connect(std::string const& host, std::string const& port, Patience const& patience);
    // The same, and TLS where the address says so.
    static OrTrouble<Channel>
    open(WebAddress const& address, TlsWish const& wish, Patience const& patience);
    OrTrouble<> start_tls(std::string const& server_name, TlsWish const& wish);

    // All that follows has to be done by then, whatever moves.
    void end_by(Deadline deadline) { deadline_ = deadline; }
    void stop_by(int event) { patience_.stop = event; }

    OrTrouble<> write(base::View bytes);
    OrTrouble<> write(std::string_view text) { return write(base::view_of(text)); }
    // 0: the server has ended the connection, with TLS by saying so.
    OrTrouble<std::size_t> read(std::span<std::byte> out);
    // The same without waiting; nothing: no byte is here yet.
    OrTrouble<std::optional<std::size_t>> read_now(std::span<std::byte> out);
    // Whether read() would answer at once. A plain one's end counts, too.
    OrTrouble<bool> readable_now();
    // What was read too far: the next reads begin with it.
    void put_back(base::View bytes) { ahead_.assign(bytes.begin(), bytes.end()); }
    void close(); // tells the server, if it can be told at once

    // What it is made of, for one who waits for several things at once.
    struct Parts {
        os::Fd socket;
        std::vector<std::byte> ahead = {}; // came already, and is what is read first
        std::optional<crypto::TlsSession> tls = {};
    };
    Parts release() && {
        return {.socket = std::move(socket_), .ahead = std::move(ahead_), .tls = std::move(tls_)};
    }

    int number() const { return socket_.number(); } // for poll, beside readable_now()
    // The session of TLS, for exporters and the server's key; none of a plain one.
    crypto::TlsSession const* tls() const { return tls_ ? &*tls_ : nullptr; }

private:
    Channel(os::Fd socket, Patience const& patience)
        : socket_{std::move(socket)}, patience_{patience} {}

    OrTrouble<> greet(); // the handshake of TLS
    OrTrouble<> flush();
    OrTrouble<bool> pull(bool waits); // bytes of the network to TLS; false: none is here
    OrTrouble<> wait(short events);
    std::optional<std::size_t> take_ahead(std::span<std::byte> out);

    os::Fd socket_;
    Patience patience_;
    Deadline deadline_ = Deadline::max();
    std::chrono::nanoseconds waited_{}; // since `moved_` bytes were counted
    std::size_t moved_ = 0;
    std::vector<std::byte> ahead_;
    std::optional<crypto::TlsSession> tls_;
};

} // namespace net
