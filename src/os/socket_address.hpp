#pragma once

// An IPv4 or IPv6 address with a port: where a socket listens or connects to.

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

namespace os {

class SocketAddress {
public:
    // `text` is a literal: 192.0.2.1, 2001:db8::1, [2001:db8::1], fe80::1%eth0. A name is
    // Errno::Inval; nothing is looked up.
    static base::Result<SocketAddress> parse(std::string_view text, std::uint16_t port);
    static SocketAddress v4(in_addr const& address, std::uint16_t port);
    static SocketAddress v6(in6_addr const& address, std::uint16_t port);
    static base::Result<SocketAddress> of_socket(int socket); // what the socket is bound to
    static base::Result<SocketAddress> of_peer(int socket);   // who is at its other end

    int family() const { return storage_.ss_family; }
    std::uint16_t port() const;
    bool unspecified() const;    // 0.0.0.0 or ::
    bool loopback() const;       // of this machine only
    std::string address() const; // 192.0.2.1 or 2001:db8::1
    // What is usually given to one customer of a network: an IPv4 address, or 64 bits of an IPv6
    // one with the rest zero.
    std::string network() const;
    std::string to_string() const; // 192.0.2.1:80 or [2001:db8::1]:80

    sockaddr const* data() const;
    socklen_t size() const;

private:
    SocketAddress() = default;

    sockaddr_in const& as_v4() const;
    sockaddr_in6 const& as_v6() const;

    sockaddr_storage storage_{};
};

} // namespace os
