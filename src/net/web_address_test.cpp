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
          "https://user@host",
          "https://host?query",
          "https://host/a b",
          "https://host\r\nX: y"})
        EXPECT_FALSE(WebAddress::parse(text)) << text;
}

} // namespace
