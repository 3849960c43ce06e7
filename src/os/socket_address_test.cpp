#include "os/socket_address.hpp"

#include <gtest/gtest.h>

namespace os {
namespace {

TEST(SocketAddress, reads_an_ipv4_literal) {
    auto const address = SocketAddress::parse("192.0.2.7", 80);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->family(), AF_INET);
    EXPECT_EQ(address->to_string(), "192.0.2.7:80");
}

TEST(SocketAddress, reads_an_ipv6_literal_with_and_without_brackets) {
    EXPECT_EQ(SocketAddress::parse("2001:db8::7", 443)->to_string(), "[2001:db8::7]:443");
    EXPECT_EQ(SocketAddress::parse("[2001:db8::7]", 443)->to_string(), "[2001:db8::7]:443");
}

TEST(SocketAddress, reads_the_interface_of_a_link_local_address) {
    auto const address = SocketAddress::parse("fe80::1%lo", 443);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->address(), "fe80::1");
    EXPECT_FALSE(SocketAddress::parse("fe80::1%no-such-interface", 443));
}

TEST(SocketAddress, takes_no_name_and_no_half_written_literal) {
    for (auto const* text :
         {"localhost", "", "1.2.3", "1.2.3.4.5", "[1.2.3.4]", "[::1", "::1]", "::g"})
        EXPECT_FALSE(SocketAddress::parse(text, 1)) << text;
}

TEST(SocketAddress, knows_the_addresses_that_mean_all) {
    EXPECT_TRUE(SocketAddress::parse("::", 1)->unspecified());
    EXPECT_TRUE(SocketAddress::parse("0.0.0.0", 1)->unspecified());
    EXPECT_FALSE(SocketAddress::parse("::1", 1)->unspecified());
    EXPECT_FALSE(SocketAddress::parse("127.0.0.1", 1)->unspecified());
}

TEST(SocketAddress, knows_what_a_customer_of_a_network_is_given) {
    auto const network = [](std::string_view text) {
        return SocketAddress::parse(text, 443)->network();
    };
    EXPECT_EQ(network("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network("::ffff:192.0.2.7"), "::ffff:192.0.2.7");
    EXPECT_EQ(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    EXPECT_EQ(network("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
    EXPECT_NE(network("2001:db8:1:3::"), "2001:db8:1:2::");
}

} // namespace
} // namespace os
