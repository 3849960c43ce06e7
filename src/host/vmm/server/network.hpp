#pragma once

// The addresses of the Internet that a Keep may name to the host's server: those of its plan, and
// no other.

#include "base/result.hpp"
#include "os/socket_address.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace host::vmm {

class Network {
public:
    Network() = default; // no address at all
    static Network anywhere();

    void allow_connecting(os::SocketAddress const& to);
    void allow_listening(os::SocketAddress const& at);

    // Whether the Keep may make sockets, and of what type (SOCK_STREAM, SOCK_DGRAM). Datagrams go
    // to whoever each of them names, so they are for Keeps that may go anywhere.
    base::Result<void> check_type(int type) const;
    // Of an address as it came with a call: Access, if the plan does not name it.
    base::Result<void> check_peer(std::span<std::byte const> address) const;
    base::Result<void> check_own(std::span<std::byte const> address) const;
    // Of what needs no address: to accept on a socket that this Keep has not bound itself.
    bool everything() const { return everything_; }
    bool sockets() const { return everything_ || !peers_.empty() || !own_.empty(); }

private:
    // An address of IPv4 as IPv6 writes it (RFC 4291, 2.5.5.2), so that each has one form.
    struct Place {
        std::array<std::byte, 16> address{};
        std::uint16_t port = 0;  // in network order
        std::uint32_t scope = 0; // of a link-local address
        auto operator<=>(Place const&) const = default;
    };
    static base::Result<Place> place_of(std::span<std::byte const> address);
    static Place place_of(os::SocketAddress const& address);

    bool everything_ = false;
    std::vector<Place> peers_;
    std::vector<Place> own_;
};

} // namespace host::vmm
