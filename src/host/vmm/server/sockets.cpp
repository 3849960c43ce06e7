// Host calls on sockets. Only stream and datagram sockets of the Internet can be made, and only if
// the policy says so.

#include "host/vmm/server/server.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace host::vmm {

using protocol::hostcall::Call;

namespace {

using Address = sockaddr_storage;

base::Result<std::uint64_t> value(long answer) {
    if (answer < 0) return std::unexpected(os::last_error());
    return static_cast<std::uint64_t>(answer);
}

// A copy of an address, of the Internet, as the Keep gave it.
struct Given {
    Address address{};
    socklen_t size = 0;

    sockaddr const* get() const {
        return size == 0 ? nullptr : reinterpret_cast<sockaddr const*>(&address);
    }
};

base::Result<Given> given(std::span<std::byte> from) {
    Given given;
    if (from.size() > sizeof given.address) return std::unexpected(base::Errno::Inval);
    std::memcpy(&given.address, from.data(), from.size());
    given.size = static_cast<socklen_t>(from.size());
    bool const internet = given.address.ss_family == AF_INET || given.address.ss_family == AF_INET6;
    if (given.size != 0 && !internet && given.address.ss_family != AF_UNSPEC)
        return std::unexpected(base::Errno::AfNoSupport);
    return given;
}

// Gives an address back: as much of it as there is room for, and its whole size.
void give(
    Address const& address, socklen_t size, std::span<std::byte> out, std::span<std::byte> out_size
) {
    std::memcpy(out.data(), &address, std::min<std::size_t>({size, out.size(), sizeof address}));
    if (out_size.size() == sizeof size) std::memcpy(out_size.data(), &size, sizeof size);
}

base::Result<std::uint64_t> name(Request const& request) {
    Address address{};
    socklen_t size = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    TRY(value(
        request.call() == Call::GetSockName ? ::getsockname(request.file(0), at, &size)
                                            : ::getpeername(request.file(0), at, &size)
    ));
    give(address, size, request.buffer(1), request.buffer(2));
    return 0;
}

bool known_option(int level, int option) {
    if (level == IPPROTO_TCP)
        return option == TCP_NODELAY || option == TCP_KEEPIDLE || option == TCP_KEEPINTVL ||
               option == TCP_KEEPCNT;
    if (level == IPPROTO_IPV6) return option == IPV6_V6ONLY || option == IPV6_UNICAST_HOPS;
    if (level == IPPROTO_IP) return option == IP_TTL;
    if (level != SOL_SOCKET) return false;
    switch (option) {
    case SO_REUSEADDR:
    case SO_KEEPALIVE:
    case SO_SNDBUF:
    case SO_RCVBUF:
    case SO_ERROR:
    case SO_TYPE:
    case SO_DOMAIN:
    case SO_PROTOCOL:
    case SO_ACCEPTCONN:
    case SO_LINGER:
    case SO_BROADCAST:
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
        return true;
    default:
        return false;
    }
}

base::Result<std::uint64_t> option(Request const& request) {
    if (!known_option(request.number(1), request.number(2)))
        return std::unexpected(base::Errno::NoProtoOpt);
    auto const data = request.buffer(3);
    auto size = static_cast<socklen_t>(data.size());
    if (request.call() == Call::SetSockOpt)
        return value(
            ::setsockopt(request.file(0), request.number(1), request.number(2), data.data(), size)
        );
    TRY(value(
        ::getsockopt(request.file(0), request.number(1), request.number(2), data.data(), &size)
    ));
    if (request.number(1) == SOL_SOCKET && request.number(2) == SO_ERROR && size == sizeof(int))
        if (int const error = request.open(0)->late_error.exchange(0))
            std::memcpy(data.data(), &error, sizeof error);
    if (request.buffer(4).size() != sizeof size) return std::unexpected(base::Errno::Proto);
    std::memcpy(request.buffer(4).data(), &size, sizeof size);
    return 0;
}

constexpr int known_flags = MSG_PEEK | MSG_WAITALL | MSG_TRUNC | MSG_DONTWAIT | MSG_NOSIGNAL;

base::Result<std::uint64_t> receive(Request const& request) {
    Address address{};
    socklen_t size = sizeof address;
    auto const data = request.buffer(1);
    auto const got = TRY(value(
        ::recvfrom(
            request.file(0),
            data.data(),
            data.size(),
            request.number(2) & known_flags,
            reinterpret_cast<sockaddr*>(&address),
            &size
        )
    ));
    give(address, size, request.buffer(3), request.buffer(4));
    // With MSG_TRUNC the kernel counts what did not fit, too; the Keep takes no such answer.
    return std::min<std::uint64_t>(got, data.size());
}

base::Result<std::uint64_t> send(Request const& request) {
    auto const to = TRY(given(request.buffer(3)));
    auto const data = request.buffer(1);
    int const flags = (request.number(2) & known_flags) | MSG_NOSIGNAL;
    return value(::sendto(request.file(0), data.data(), data.size(), flags, to.get(), to.size));
}

} // namespace

base::Result<std::uint64_t> Server::serve_socket(Request const& request) {
    switch (request.call()) {
    case Call::Socket: {
        int const type = request.number(1) & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
        bool const internet = request.number(0) == AF_INET || request.number(0) == AF_INET6;
        if (!policy_.sockets) return std::unexpected(base::Errno::Access);
        if (!internet || (type != SOCK_STREAM && type != SOCK_DGRAM))
            return std::unexpected(base::Errno::AfNoSupport);
        return keep(
            ::socket(request.number(0), request.number(1) | SOCK_CLOEXEC, request.number(2))
        );
    }
    case Call::Accept: {
        Address address{};
        socklen_t size = sizeof address;
        int const flags = (request.number(3) & SOCK_NONBLOCK) | SOCK_CLOEXEC;
        auto const handle = TRY(
            keep(::accept4(request.file(0), reinterpret_cast<sockaddr*>(&address), &size, flags))
        );
        give(address, size, request.buffer(1), request.buffer(2));
        return handle;
    }
    case Call::Connect: {
        auto const to = TRY(given(request.buffer(1)));
        return value(::connect(request.file(0), to.get(), to.size));
    }
    case Call::Bind: {
        auto const at = TRY(given(request.buffer(1)));
        return value(::bind(request.file(0), at.get(), at.size));
    }
    case Call::Listen:
        return value(::listen(request.file(0), request.number(1)));
    case Call::Shutdown:
        return value(::shutdown(request.file(0), request.number(1)));
    case Call::GetSockName:
    case Call::GetPeerName:
        return name(request);
    case Call::SetSockOpt:
    case Call::GetSockOpt:
        return option(request);
    case Call::SendTo:
        if (int const error = request.open(0)->late_error.exchange(0))
            return std::unexpected(base::Errno{error});
        return send(request);
    case Call::RecvFrom:
        if (int const error = request.open(0)->late_error.exchange(0))
            return std::unexpected(base::Errno{error});
        return receive(request);
    default:
        return std::unexpected(base::Errno::NoSys);
    }
}

} // namespace host::vmm
