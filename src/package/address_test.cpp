#include "package/address.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

TEST(Address, KnowsIpv4) {
    for (auto const* text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "192.0.2.1"})
        EXPECT_TRUE(package::ipv4_address(text)) << text;
    for (auto const* text :
         {"",
          "1.2.3",
          "1.2.3.4.5",
          "256.1.1.1",
          "01.2.3.4",
          "1.2.3.",
          ".1.2.3",
          "1..2.3",
          "a.b.c.d"})
        EXPECT_FALSE(package::ipv4_address(text)) << text;
}

TEST(Address, KnowsIpv6) {
    for (auto const* text :
         {"::",
          "::1",
          "1::",
          "2001:db8::1",
          "1:2:3:4:5:6:7:8",
          "::ffff:192.0.2.1",
          "1:2:3:4:5:6:1.2.3.4",
          "fe80::A"})
        EXPECT_TRUE(package::ipv6_address(text)) << text;
    for (auto const* text :
         {"",
          ":",
          ":::",
          "1",
          "1:2:3:4:5:6:7",
          "1:2:3:4:5:6:7:8:9",
          "1::2::3",
          "12345::",
          "::g",
          "[::1]",
          "fe80::1%eth0",
          "1:2:3:4:5:6:7::8:9",
          "::1.2.3",
          "1.2.3.4::",
          ":1:2:3:4:5:6:7",
          "1:2:3:4:5:6:7:"})
        EXPECT_FALSE(package::ipv6_address(text)) << text;
}

TEST(Address, KnowsHostNames) {
    for (auto const* text :
         {"localhost",
          "example.com",
          "example.com.",
          "a-b.c_d.example",
          "xn--bcher-kva.example",
          "7.example",
          "::1",
          "10.0.0.1"})
        EXPECT_TRUE(package::host_name(text)) << text;
    for (auto const* text :
         {"",
          ".",
          "a..b",
          "-a.example",
          "a-.example",
          "b\xc3\xbc" // NOLINT(bugprone-suspicious-missing-comma): or the c belonged to the escape
          "cher.example",
          "a b",
          "300.1.1.1",
          "1.2.3.4.5",
          "https://example.com",
          "example.com:443",
          ".example.com",
          "a.."})
        EXPECT_FALSE(package::host_name(text)) << text;
    EXPECT_FALSE(package::host_name(std::string(64, 'a') + ".example"));
    EXPECT_FALSE(package::host_name(std::string(254, 'a')));
}

} // namespace
