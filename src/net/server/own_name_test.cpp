#include "net/server/own_name.hpp"

#include <gtest/gtest.h>

namespace net::server {
namespace {

TEST(Host, IsThisMachineByItsOwnNamesAlone) {
    for (std::string_view const own :
         {"localhost", "LOCALHOST:9443", "127.0.0.1:9443", "127.9.9.9", "[::1]:9443", "[::1]"})
        EXPECT_TRUE(names_this_machine(own)) << own;
    for (std::string_view const other :
         {"",
          "evil.example",
          "127.0.0.1.evil.example",
          "localhost.evil.example:80",
          "10.0.0.1",
          "localhost:/x",
          "[::2]"})
        EXPECT_FALSE(names_this_machine(other)) << other;
}

TEST(Host, IsThisMachineOrAnAddressThatNoNameLeadsTo) {
    for (std::string_view const address :
         {"localhost:1", "127.0.0.1", "10.0.0.1:7443", "192.168.7.9", "[::2]:7443", "[fe80::1]"})
        EXPECT_TRUE(names_this_machine_or_an_address(address)) << address;
    for (std::string_view const name :
         {"", ":80", "evil.example", "10.0.0.1.evil.example", "localhost.", "::1", "10.0.0.1:x"})
        EXPECT_FALSE(names_this_machine_or_an_address(name)) << name;
}

} // namespace
} // namespace net::server
