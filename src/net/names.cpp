#include "net/names.hpp"

#include <memory>
#include <optional>

#include <netdb.h>

namespace net {

namespace {

// Nothing for a family other than IPv4 and IPv6.
std::optional<os::SocketAddress> address_of(addrinfo const& info) {
    // Safety: the family says what the address is, and ai_addrlen bytes are there.
    if (info.ai_family == AF_INET) {
        auto const& v4 = *reinterpret_cast<sockaddr_in const*>(info.ai_addr);
        return os::SocketAddress::v4(v4.sin_addr, ntohs(v4.sin_port));
    }
    if (info.ai_family == AF_INET6) {
        auto const& v6 = *reinterpret_cast<sockaddr_in6 const*>(info.ai_addr);
        return os::SocketAddress::v6(v6.sin6_addr, ntohs(v6.sin6_port));
    }
    return {};
}

// RFC 6761, 6.3: names below localhost are this machine's, whatever a server of names says; and a
// service gives no others to Keeps that no hardware protects. The C library asks for them.
std::string of_this_machine(std::string const& host) {
    return host.ends_with(".localhost") ? "localhost" : host;
}

} // namespace

base::Result<std::vector<os::SocketAddress>, std::string>
look_up(std::string const& host, std::string const& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    auto const name = of_this_machine(host);
    if (int const error = ::getaddrinfo(name.c_str(), port.c_str(), &hints, &found); error != 0)
        return std::unexpected(std::string{::gai_strerror(error)});
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owner{found, &::freeaddrinfo};
    std::vector<os::SocketAddress> out;
    for (auto const* info = found; info != nullptr; info = info->ai_next)
        if (auto const address = address_of(*info)) out.push_back(*address);
    return out;
}

} // namespace net
