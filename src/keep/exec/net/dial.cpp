#include "keep/exec/net/dial.hpp"

#include "keep/exec/net/names.hpp"
#include "keep/exec/net/places.hpp"
#include "os/socket.hpp"

#include <algorithm>

namespace exec::net {
namespace {

using base::Errno;
using os::SocketAddress;
using namespace std::chrono_literals;

constexpr auto address_patience = 10s;

base::Result<os::Fd> connected_socket(SocketAddress const& address, os::Milliseconds patience) {
    auto socket = TRY(os::stream_socket(address.family()));
    TRY(os::no_delay(socket.number())); // an application cannot set it
    auto const begun = os::connect(socket.number(), address);
    if (!begun) {
        if (begun.error() != Errno::InProgress) return std::unexpected(begun.error());
        pollfd entry{.fd = socket.number(), .events = POLLOUT, .revents = 0};
        if (TRY(os::poll({&entry, 1}, patience)) == 0) return std::unexpected(Errno::TimedOut);
        TRY(os::pending_error(socket.number()));
    }
    TRY(os::make_blocking(socket.number()));
    return socket;
}

std::string_view failure_name(Errno error) {
    switch (error) {
    case Errno::ConnRefused:
        return "connection-refused";
    case Errno::TimedOut:
        return "connect-timeout";
    default:
        return "connection-failed";
    }
}

} // namespace

os::OrFailure<os::Fd> dial_one_of(
    std::span<SocketAddress const> addresses,
    std::string const& what,
    std::chrono::milliseconds patience
) {
    std::string tried;
    auto last = Errno::HostUnreach;
    auto const deadline = std::chrono::steady_clock::now() + (3 * patience);
    for (auto const& address : addresses) {
        auto const left =
            std::chrono::ceil<os::Milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= 0ms) break;
        auto socket = connected_socket(address, std::min(patience, left));
        if (socket) return std::move(*socket);
        last = socket.error();
        if (!tried.empty()) tried += ", ";
        tried += address.to_string() + " (" + std::string{os::description(last)} + ")";
    }
    return std::unexpected(
        os::Failure{.name = failure_name(last), .text = "connect to " + what + ": tried " + tried}
    );
}

os::OrFailure<os::Fd> dial(std::string const& host, std::uint16_t port) {
    if (!may_connect(host, port))
        return std::unexpected(
            os::Failure{
                .name = failure_name(Errno::Access),
                .text = "connect to " + host + ", port " + std::to_string(port) +
                        ": the host does not allow that"
            }
        );
    auto const addresses = TRY(resolve(host, port));
    return dial_one_of(addresses, host + ", port " + std::to_string(port), address_patience);
}

} // namespace exec::net
