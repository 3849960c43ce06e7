// Connects a channel to a server by its name, as the system resolves it. Apart from the channel
// itself: a static program has no such resolver.

#include "net/channel.hpp"
#include "net/names.hpp"
#include "os/failure.hpp"
#include "os/socket.hpp"

namespace net {

namespace {

using base::Errno;

std::unexpected<Trouble> trouble(Errno error) {
    return std::unexpected(Trouble{.text = std::string{os::description(error)}});
}

OrTrouble<> wait_until_connected(int socket, Deadline deadline) {
    while (true) {
        auto const left = std::chrono::ceil<os::Milliseconds>(deadline - Clock::now());
        pollfd entry{.fd = socket, .events = POLLOUT, .revents = 0};
        auto const ready = os::poll({&entry, 1}, std::max(left, os::Milliseconds{0}));
        if (!ready && ready.error() == Errno::Intr) continue;
        if (!ready) return trouble(ready.error());
        if (*ready == 0) return std::unexpected(Trouble{.text = "no answer in time"});
        auto const came = os::pending_error(socket);
        if (!came) return trouble(came.error());
        return {};
    }
}

OrTrouble<os::Fd> connected(os::SocketAddress const& address, std::chrono::milliseconds most) {
    auto socket = os::stream_socket(address.family());
    if (!socket) return trouble(socket.error());
    auto const begun = os::connect(socket->number(), address);
    if (!begun && begun.error() != Errno::InProgress) return trouble(begun.error());
    if (!begun) TRY(wait_until_connected(socket->number(), Clock::now() + most));
    (void)os::no_delay(socket->number());
    return std::move(*socket);
}

} // namespace

OrTrouble<Channel>
Channel::connect(std::string const& host, std::string const& port, Patience const& patience) {
    auto const addresses = look_up(host, port);
    if (!addresses) return std::unexpected(Trouble{.text = addresses.error()});
    std::string why = "the name has no address";
    for (auto const& candidate : *addresses) {
        auto socket = connected(candidate, patience.connect);
        if (socket) return over(std::move(*socket), patience);
        why = candidate.to_string() + ": " + socket.error().text;
    }
    return std::unexpected(Trouble{.text = why});
}

OrTrouble<Channel>
Channel::open(WebAddress const& address, TlsWish const& wish, Patience const& patience) {
    auto out = TRY(connect(address.host, address.port, patience));
    if (address.tls) TRY(out.start_tls(address.host, wish));
    return out;
}

} // namespace net
