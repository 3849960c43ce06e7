#include "net/web_address.hpp"

#include <gtest/gtest.h>

namespace {

using net::WebAddress;

TEST(WebAddress, HasSchemeHostPortAndPath) {
    auto const plain = WebAddress::parse("https://kdsintf.amd.com");
    ASSERT_TRUE(plain);
    EXPECT_TRUE(plain->tls);
    EXPECT_EQ(plain->host, "kdsintf.amd.com");
    EXPECT_EQ(plain->port, "443");
    EXPECT_EQ(plain->text(), "https://kdsintf.amd.com");
    auto const local = WebAddress::parse("http://[::1]:8080/mirror/");
    ASSERT_TRUE(local);
    EXPECT_FALSE(local->tls);
    EXPECT_EQ(local->host, "::1");
    EXPECT_EQ(local->text(), "http://[::1]:8080/mirror");
}

TEST(WebAddress, OfAnyOtherFormIsRefused) {
    for (auto const* text :
         {"",
          "kdsintf.amd.com",
          "ftp://host",
          "https://",
          "https://:80",
          "https://host:",
          "https://host:port",
          "https://host:65536",
          "https://host:99999",
          "https://host:-1",
          "https://user@host",
          "https://host?query",
          "https://host/a b",
          "https://host\r\nX: y"})
        EXPECT_FALSE(WebAddress::parse(text)) << text;
}

// Who is taken for this machine may be talked to without TLS.
TEST(WebAddress, IsThisMachinesByNamesThatNobodyElseCanHave) {
    for (auto const* host : {"localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"})
        EXPECT_TRUE(WebAddress::parse("http://" + std::string{host})->loopback()) << host;
    for (auto const* host :
         {"127.example", "127.0.0.1.example", "127.0.0.1a", "localhost.example", "10.0.0.1"})
        EXPECT_FALSE(WebAddress::parse("http://" + std::string{host})->loopback()) << host;
}

} // namespace
