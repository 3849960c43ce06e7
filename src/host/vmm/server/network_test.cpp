// A Keep reaches the addresses of its plan, and by no call any other.

#include "host/vmm/server/keep_for_tests.hpp"

#include <optional>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace host::vmm {
namespace {

using base::Errno;
using os::SocketAddress;
using protocol::hostcall::Call;

constexpr std::uint16_t port = 4711;

std::span<std::byte const> bytes(SocketAddress const& address) {
    return {reinterpret_cast<std::byte const*>(address.data()), address.size()};
}

SocketAddress address(std::string_view text, std::uint16_t at = port) {
    return SocketAddress::parse(text, at).value();
}

template <class T> std::optional<Errno> error_of(base::Result<T> const& result) {
    if (result) return {};
    return result.error();
}

TEST(Network, allows_the_addresses_of_the_plan_and_no_other) {
    Network network;
    network.allow_connecting(address("192.0.2.1"));
    network.allow_connecting(address("2001:db8::1"));
    EXPECT_TRUE(network.check_peer(bytes(address("192.0.2.1"))));
    EXPECT_TRUE(network.check_peer(bytes(address("2001:db8::1"))));
    EXPECT_TRUE(network.check_peer(bytes(address("::ffff:192.0.2.1")))) << "the same, written so";
    for (auto const* other : {"192.0.2.2", "127.0.0.1", "0.0.0.0", "2001:db8::2", "::"})
        EXPECT_EQ(error_of(network.check_peer(bytes(address(other)))), Errno::Access) << other;
    EXPECT_EQ(error_of(network.check_peer(bytes(address("192.0.2.1", 4712)))), Errno::Access);
    EXPECT_EQ(error_of(network.check_own(bytes(address("192.0.2.1")))), Errno::Access);
}

TEST(Network, takes_nothing_for_an_address_that_linux_would_take_for_one) {
    Network network;
    network.allow_listening(address("0.0.0.0"));
    auto const good = address("0.0.0.0");
    std::vector<std::byte> raw(bytes(good).begin(), bytes(good).end());
    EXPECT_TRUE(network.check_own(raw));
    for (std::size_t size = 0; size < raw.size(); ++size)
        EXPECT_FALSE(network.check_own(std::span{raw}.first(size))) << size;
    for (int const number : {AF_UNSPEC, AF_UNIX, AF_PACKET, AF_NETLINK, AF_VSOCK}) {
        auto const family = static_cast<sa_family_t>(number);
        std::memcpy(raw.data(), &family, sizeof family);
        EXPECT_FALSE(network.check_own(raw)) << family;
    }
}

TEST(Network, without_a_plan_is_none) {
    Network const network;
    EXPECT_FALSE(network.sockets());
    EXPECT_EQ(error_of(network.check_type(SOCK_STREAM)), Errno::Access);
    EXPECT_FALSE(network.check_peer(bytes(address("127.0.0.1"))));
}

// Sockets of this machine, as the world around a Keep has them.
os::Fd bound(int type) {
    os::Fd socket{::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    auto const at = SocketAddress::v4({.s_addr = htonl(INADDR_LOOPBACK)}, 0);
    EXPECT_EQ(::bind(socket.number(), at.data(), at.size()), 0);
    if (type == SOCK_STREAM) EXPECT_EQ(::listen(socket.number(), 8), 0);
    return socket;
}

struct KeepWithAPlan : testing::Test {
    os::Fd wanted = bound(SOCK_STREAM);
    os::Fd unwanted = bound(SOCK_STREAM);
    std::optional<KeepForTests> keep;

    KeepWithAPlan() {
        Network network;
        network.allow_connecting(SocketAddress::of_socket(wanted.number()).value());
        network.allow_listening(SocketAddress::v4({.s_addr = htonl(INADDR_LOOPBACK)}, 0));
        keep.emplace(std::move(network));
    }
    std::uint64_t make(int type = SOCK_STREAM) {
        return keep->call(Call::Socket, {AF_INET, static_cast<std::uint64_t>(type), 0}).value();
    }
    std::optional<Errno>
    with_address(Call call, std::uint64_t handle, SocketAddress const& address) {
        auto const at = keep->put(bytes(address));
        return error_of(keep->call(call, {handle, at}));
    }
    std::uint64_t give(os::Fd file) {
        return keep->server.handles().add(std::move(file), Rights::ReadWrite).value();
    }
};

TEST_F(KeepWithAPlan, connects_where_the_plan_says_and_nowhere_else) {
    auto const there = SocketAddress::of_socket(wanted.number()).value();
    auto const elsewhere = SocketAddress::of_socket(unwanted.number()).value();
    EXPECT_EQ(with_address(Call::Connect, make(), elsewhere), Errno::Access);
    EXPECT_EQ(with_address(Call::Connect, make(), there), std::nullopt);
}

TEST_F(KeepWithAPlan, listens_where_the_plan_says_and_nowhere_else) {
    auto const socket = make();
    EXPECT_EQ(error_of(keep->call(Call::Listen, {socket, 8})), Errno::Access) << "at any port";
    EXPECT_EQ(with_address(Call::Bind, socket, address("0.0.0.0", 0)), Errno::Access);
    EXPECT_EQ(with_address(Call::Bind, socket, address("127.0.0.1", 0)), std::nullopt);
    EXPECT_EQ(error_of(keep->call(Call::Listen, {socket, 8})), std::nullopt);
}

TEST_F(KeepWithAPlan, makes_no_sockets_that_name_an_address_with_each_message) {
    auto const made = keep->call(Call::Socket, {AF_INET, SOCK_DGRAM, 0});
    EXPECT_EQ(error_of(made), Errno::AfNoSupport);
    EXPECT_FALSE(keep->call(Call::Socket, {AF_INET, SOCK_RAW, IPPROTO_ICMP}));
    EXPECT_FALSE(keep->call(Call::Socket, {AF_UNIX, SOCK_STREAM, 0}));
    EXPECT_FALSE(keep->call(Call::Socket, {AF_INET, SOCK_STREAM, IPPROTO_SCTP}));
}

// Standard input can be any socket of whoever starts the Keep.
TEST_F(KeepWithAPlan, uses_a_socket_that_it_was_given_for_what_it_is_connected_to_only) {
    auto const there = SocketAddress::of_socket(wanted.number()).value();
    auto const datagrams = give(bound(SOCK_DGRAM));
    EXPECT_EQ(with_address(Call::Connect, datagrams, there), Errno::Access);
    EXPECT_EQ(with_address(Call::Bind, give(bound(SOCK_DGRAM)), there), Errno::Access);
    auto const text = keep->put("text");
    auto const to = keep->put(bytes(there));
    EXPECT_EQ(error_of(keep->call(Call::SendTo, {datagrams, text, 0, to})), Errno::Access);
    auto const listener = give(bound(SOCK_STREAM));
    EXPECT_EQ(error_of(keep->call(Call::Accept, {listener, 0, 0, 0})), Errno::Access);
    EXPECT_EQ(error_of(keep->call(Call::Listen, {listener, 1})), Errno::Access);
}

TEST(KeepWithoutAPlan, may_name_no_address_and_one_that_may_go_anywhere_any) {
    KeepForTests none;
    EXPECT_EQ(error_of(none.call(Call::Socket, {AF_INET, SOCK_STREAM, 0})), Errno::Access);
    KeepForTests any{Network::anywhere()};
    EXPECT_TRUE(any.call(Call::Socket, {AF_INET, SOCK_DGRAM, 0}));
    auto const socket = any.call(Call::Socket, {AF_INET, SOCK_STREAM, 0}).value();
    auto const door = bound(SOCK_STREAM);
    auto const to = any.put(bytes(SocketAddress::of_socket(door.number()).value()));
    EXPECT_TRUE(any.call(Call::Connect, {socket, to}));
}

} // namespace
} // namespace host::vmm
