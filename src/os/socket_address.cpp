#include "os/socket_address.hpp"

#include "os/check.hpp"

#include <array>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <net/if.h>

namespace os {
namespace {

std::string_view without_brackets(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        return text.substr(1, text.size() - 2);
    return text;
}

} // namespace

base::Result<SocketAddress> SocketAddress::parse(std::string_view text, std::uint16_t port) {
    std::string literal{without_brackets(text)};
    bool const bracketed = literal.size() != text.size();

    in_addr four{};
    if (!bracketed && ::inet_pton(AF_INET, literal.c_str(), &four) == 1) return v4(four, port);

    std::string scope;
    if (auto const percent = literal.find('%'); percent != std::string::npos) {
        scope = literal.substr(percent + 1);
        literal.resize(percent);
    }
    in6_addr six{};
    if (::inet_pton(AF_INET6, literal.c_str(), &six) != 1)
        return std::unexpected(base::Errno::Inval);
    SocketAddress result = v6(six, port);
    if (scope.empty()) return result;

    unsigned const index = ::if_nametoindex(scope.c_str());
    if (index == 0) return std::unexpected(base::Errno::NoDev);
    sockaddr_in6 scoped = result.as_v6();
    scoped.sin6_scope_id = index;
    std::memcpy(&result.storage_, &scoped, sizeof scoped);
    return result;
}

SocketAddress SocketAddress::v4(in_addr const& address, std::uint16_t port) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    four.sin_addr = address;
    SocketAddress result;
    std::memcpy(&result.storage_, &four, sizeof four);
    return result;
}

SocketAddress SocketAddress::v6(in6_addr const& address, std::uint16_t port) {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    six.sin6_addr = address;
    SocketAddress result;
    std::memcpy(&result.storage_, &six, sizeof six);
    return result;
}

base::Result<SocketAddress> SocketAddress::of_socket(int socket) {
    SocketAddress result;
    socklen_t size = sizeof result.storage_;
    // Safety: sockaddr_storage is made to be seen as any sockaddr.
    TRY(done(::getsockname(socket, reinterpret_cast<sockaddr*>(&result.storage_), &size)));
    return result;
}

base::Result<SocketAddress> SocketAddress::of_peer(int socket) {
    SocketAddress result;
    socklen_t size = sizeof result.storage_;
    // Safety: sockaddr_storage is made to be seen as any sockaddr.
    TRY(done(::getpeername(socket, reinterpret_cast<sockaddr*>(&result.storage_), &size)));
    return result;
}

std::uint16_t SocketAddress::port() const {
    return ntohs(family() == AF_INET ? as_v4().sin_port : as_v6().sin6_port);
}

bool SocketAddress::unspecified() const {
    if (family() == AF_INET) return as_v4().sin_addr.s_addr == 0;
    return IN6_IS_ADDR_UNSPECIFIED(&as_v6().sin6_addr);
}

bool SocketAddress::loopback() const {
    constexpr std::uint32_t network = 127;
    auto const is_loopback = [](std::uint32_t v4) { return ntohl(v4) >> 24 == network; };
    if (family() == AF_INET) return is_loopback(as_v4().sin_addr.s_addr);
    auto const& six = as_v6().sin6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(&six)) return IN6_IS_ADDR_LOOPBACK(&six);
    std::uint32_t v4 = 0;
    std::memcpy(&v4, &six.s6_addr[12], sizeof v4);
    return is_loopback(v4);
}

std::string SocketAddress::address() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    void const* binary = &as_v6().sin6_addr;
    if (family() == AF_INET) binary = &as_v4().sin_addr;
    if (::inet_ntop(family(), binary, text.data(), text.size()) == nullptr) return "?";
    return text.data();
}

std::string SocketAddress::network() const {
    if (family() == AF_INET || IN6_IS_ADDR_V4MAPPED(&as_v6().sin6_addr)) return address();
    constexpr std::size_t host_part = 8;
    auto first = as_v6().sin6_addr;
    std::memset(&first.s6_addr[host_part], 0, sizeof first - host_part);
    return v6(first, 0).address();
}

std::string SocketAddress::to_string() const {
    if (family() == AF_INET) return address() + ":" + std::to_string(port());
    return "[" + address() + "]:" + std::to_string(port());
}

// Safety: sockaddr_storage is made to be seen as any sockaddr; the family says as which.
sockaddr const* SocketAddress::data() const { return reinterpret_cast<sockaddr const*>(&storage_); }
sockaddr_in const& SocketAddress::as_v4() const {
    return reinterpret_cast<sockaddr_in const&>(storage_);
}
sockaddr_in6 const& SocketAddress::as_v6() const {
    return reinterpret_cast<sockaddr_in6 const&>(storage_);
}

socklen_t SocketAddress::size() const {
    return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

} // namespace os
