// Host calls on sockets: of the Internet only, and with the addresses that the Keep's plan names.

#include "host/vmm/server/server.hpp"
#include "host/vmm/server/shared_flags.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace host::vmm {

using protocol::hostcall::Call;

namespace {

using Address = sockaddr_storage;
using Socket = Handles::File::Socket;

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
    // What is checked and what is used is the same copy.
    std::span<std::byte const> bytes() const {
        return std::as_bytes(std::span{&address, 1}).first(size);
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

// A call that may wait; of a standard stream, by the flags that the Keep has set.
template <class Step>
base::Result<std::uint64_t> by_flags(Request const& request, short events, int flags, Step step) {
    auto const& file = *request.open(0);
    if (!shared_flags::apart(file)) return value(step(flags));
    bool const patient = (flags & MSG_DONTWAIT) == 0;
    return shared_flags::carry_out(file, events, patient, [&](bool waits) -> ssize_t {
        return step(waits ? flags : flags | MSG_DONTWAIT);
    });
}

base::Result<std::uint64_t> receive(Request const& request) {
    Address address{};
    socklen_t size = 0;
    auto const data = request.buffer(1);
    auto const step = [&](int flags) {
        size = sizeof address;
        auto* const from = reinterpret_cast<sockaddr*>(&address);
        return ::recvfrom(request.file(0), data.data(), data.size(), flags, from, &size);
    };
    auto const got = TRY(by_flags(request, POLLIN, request.number(2) & known_flags, step));
    give(address, size, request.buffer(3), request.buffer(4));
    // With MSG_TRUNC the kernel counts what did not fit, too; the Keep takes no such answer.
    return std::min<std::uint64_t>(got, data.size());
}

// What went wrong with a late send, once.
base::Result<void> told_late(Request const& request) {
    if (int const error = request.open(0)->late_error.exchange(0))
        return std::unexpected(base::Errno{error});
    return {};
}

base::Result<std::uint64_t> send(Request const& request) {
    auto const to = TRY(given(request.buffer(3)));
    auto const data = request.buffer(1);
    int const flags = (request.number(2) & known_flags) | MSG_NOSIGNAL;
    return by_flags(request, POLLOUT, flags, [&](int how) {
        return ::sendto(request.file(0), data.data(), data.size(), how, to.get(), to.size);
    });
}

base::Result<std::uint64_t> connect(Request const& request, Network const& network) {
    auto const to = TRY(given(request.buffer(1)));
    TRY(network.check_peer(to.bytes()));
    return value(::connect(request.file(0), to.get(), to.size));
}

base::Result<std::uint64_t> bind(Request const& request, Network const& network) {
    auto const at = TRY(given(request.buffer(1)));
    TRY(network.check_own(at.bytes()));
    auto const bound = TRY(value(::bind(request.file(0), at.get(), at.size)));
    request.open(0)->socket = Socket::Bound;
    return bound;
}

} // namespace

base::Result<std::uint64_t> Server::make_socket(Request const& request) {
    int const type = request.number(1) & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    bool const internet = request.number(0) == AF_INET || request.number(0) == AF_INET6;
    TRY(policy_.network.check_type(type));
    // No protocol but the usual one of this type.
    int const protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    if (!internet || (request.number(2) != 0 && request.number(2) != protocol))
        return std::unexpected(base::Errno::AfNoSupport);
    auto const handle =
        TRY(keep(::socket(request.number(0), request.number(1) | SOCK_CLOEXEC, protocol)));
    TRY(handles_.find(handle))->socket = Socket::Made;
    return handle;
}

// Whether the plan allows such a call on that socket.
base::Result<void> Server::check_socket(Request const& request) const {
    if (policy_.network.everything()) return {};
    auto const refuse_unless = [](bool allowed) -> base::Result<void> {
        if (!allowed) return std::unexpected(base::Errno::Access);
        return {};
    };
    switch (request.call()) {
    case Call::Connect:
    case Call::Bind:
        return refuse_unless(
            request.open(0)->socket != Socket::Given && request.open(0)->socket != Socket::Channel
        );
    case Call::Listen: // on one that is not bound, Linux would choose a port on every interface
        return refuse_unless(request.open(0)->socket == Socket::Bound);
    case Call::Accept:
        return refuse_unless(
            request.open(0)->socket == Socket::Bound || request.open(0)->socket == Socket::Channel
        );
    case Call::SendTo: // streams go to their peer
        return refuse_unless(request.buffer(3).empty());
    default:
        return {};
    }
}

base::Result<std::uint64_t> Server::serve_socket(Request const& request) {
    TRY(check_socket(request));
    switch (request.call()) {
    case Call::Socket:
        return make_socket(request);
    case Call::Accept: {
        Address address{};
        socklen_t size = 0;
        int const flags = (request.number(3) & SOCK_NONBLOCK) | SOCK_CLOEXEC;
        auto const client = TRY(by_flags(request, POLLIN, 0, [&](int) {
            size = sizeof address;
            return ::accept4(request.file(0), reinterpret_cast<sockaddr*>(&address), &size, flags);
        }));
        auto const handle = TRY(keep(static_cast<int>(client)));
        give(address, size, request.buffer(1), request.buffer(2));
        return handle;
    }
    case Call::Connect:
        return connect(request, policy_.network);
    case Call::Bind:
        return bind(request, policy_.network);
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
        TRY(told_late(request));
        return send(request);
    case Call::RecvFrom:
        TRY(told_late(request));
        return receive(request);
    default:
        return std::unexpected(base::Errno::NoSys);
    }
}

} // namespace host::vmm
