#include "host/vmm/server/network.hpp"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

namespace host::vmm {

using base::Errno;

namespace {

constexpr std::size_t mapped_at = 10; // ::ffff:0:0/96
constexpr std::size_t ipv4_at = 12;

std::span<std::byte const> bytes_of(os::SocketAddress const& address) {
    // Safety: the class says how many bytes there are.
    return {reinterpret_cast<std::byte const*>(address.data()), address.size()};
}

} // namespace

Network Network::anywhere() {
    Network network;
    network.everything_ = true;
    return network;
}

void Network::allow_connecting(os::SocketAddress const& to) { peers_.push_back(place_of(to)); }
void Network::allow_listening(os::SocketAddress const& at) { own_.push_back(place_of(at)); }

// AF_UNSPEC is none: Linux takes it for "no peer any more" here, for IPv4 there.
base::Result<Network::Place> Network::place_of(std::span<std::byte const> address) {
    sa_family_t family = AF_UNSPEC;
    if (address.size() < sizeof family) return std::unexpected(Errno::Inval);
    std::memcpy(&family, address.data(), sizeof family);
    Place place;
    if (family == AF_INET) {
        sockaddr_in four{};
        if (address.size() < sizeof four) return std::unexpected(Errno::Inval);
        std::memcpy(&four, address.data(), sizeof four);
        std::fill_n(place.address.begin() + mapped_at, ipv4_at - mapped_at, std::byte{0xff});
        std::memcpy(&place.address[ipv4_at], &four.sin_addr, sizeof four.sin_addr);
        place.port = four.sin_port;
        return place;
    }
    if (family != AF_INET6) return std::unexpected(Errno::AfNoSupport);
    sockaddr_in6 six{};
    if (address.size() < sizeof six) return std::unexpected(Errno::Inval);
    std::memcpy(&six, address.data(), sizeof six);
    std::memcpy(place.address.data(), &six.sin6_addr, sizeof six.sin6_addr);
    place.port = six.sin6_port;
    place.scope = six.sin6_scope_id;
    return place;
}

Network::Place Network::place_of(os::SocketAddress const& address) {
    return place_of(bytes_of(address)).value_or(Place{});
}

base::Result<void> Network::check_type(int type) const {
    if (!sockets()) return std::unexpected(Errno::Access);
    if (type == SOCK_STREAM || (type == SOCK_DGRAM && everything_)) return {};
    return std::unexpected(Errno::AfNoSupport);
}

base::Result<void> Network::check_peer(std::span<std::byte const> address) const {
    if (everything_) return {};
    auto const place = TRY(place_of(address));
    if (std::ranges::find(peers_, place) == peers_.end()) return std::unexpected(Errno::Access);
    return {};
}

base::Result<void> Network::check_own(std::span<std::byte const> address) const {
    if (everything_) return {};
    auto const place = TRY(place_of(address));
    if (std::ranges::find(own_, place) == own_.end()) return std::unexpected(Errno::Access);
    return {};
}

} // namespace host::vmm
