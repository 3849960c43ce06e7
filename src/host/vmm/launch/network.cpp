#include "host/vmm/launch/network.hpp"

#include "net/names.hpp"

#include <algorithm>

namespace host::vmm {

namespace {

using os::SocketAddress;
using Addresses = std::vector<SocketAddress>;

// RFC 6761, 6.3: exec knows without asking what these are.
bool localhost(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name == "localhost" || name.ends_with(".localhost");
}

// As exec understands what an entry of Enarx.toml names.
os::OrFailure<Addresses> look_up(Endpoint const& endpoint, std::string& hosts) {
    if (auto const literal = SocketAddress::parse(endpoint.host, endpoint.port))
        return Addresses{*literal};
    if (localhost(endpoint.host))
        return Addresses{
            SocketAddress::v4({.s_addr = htonl(INADDR_LOOPBACK)}, endpoint.port),
            SocketAddress::v6(in6addr_loopback, endpoint.port)
        };
    auto found = net::look_up(endpoint.host, std::to_string(endpoint.port));
    if (!found || found->empty())
        return std::unexpected(
            os::Failure{
                .name = "host-not-found",
                .text = "resolve '" + endpoint.host +
                        "': " + (found ? "it has no address" : found.error())
            }
        );
    for (auto const& address : *found) hosts += address.address() + ' ' + endpoint.host + '\n';
    return std::move(*found);
}

} // namespace

os::OrFailure<ResolvedNetwork> resolve(NetworkWish const& wish) {
    ResolvedNetwork out;
    if (wish.everything) out.network = Network::anywhere();
    for (auto const& endpoint : wish.connect)
        for (auto const& address : TRY(look_up(endpoint, out.hosts)))
            out.network.allow_connecting(address);
    for (auto const& endpoint : wish.listen)
        for (auto const& address : TRY(look_up(endpoint, out.hosts))) {
            out.network.allow_listening(address);
            // Where there is no IPv6, exec listens with IPv4 instead.
            if (address.family() == AF_INET6 && address.unspecified())
                out.network.allow_listening(
                    SocketAddress::v4({.s_addr = INADDR_ANY}, endpoint.port)
                );
        }
    return out;
}

} // namespace host::vmm
