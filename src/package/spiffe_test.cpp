#include "package/spiffe.hpp"

#include <string>

#include <gtest/gtest.h>

namespace package {
namespace {

TEST(SpiffePattern, IsAnIdentityOrAllBelowOne) {
    for (auto const* const good :
         {"spiffe://steward.example/shop/api",
          "spiffe://steward.example/shop/",
          "spiffe://a/B_c.d-1"})
        EXPECT_TRUE(is_spiffe_pattern(good)) << good;
}

TEST(SpiffePattern, IsNothingThatAnotherReaderMayTakeForAnotherName) {
    for (std::string const bad :
         {"",
          "https://steward.example/shop",
          "spiffe://steward.example",
          "spiffe:///shop",
          "spiffe://Steward.example/shop",
          "spiffe://steward.example:8443/shop",
          "spiffe://steward.example/shop/../bank",
          "spiffe://steward.example/./shop",
          "spiffe://steward.example/shop//api",
          "spiffe://steward.example/sh%6fp",
          "spiffe://steward.example/shop?x",
          "spiffe://steward.example/sh*p"})
        EXPECT_FALSE(is_spiffe_pattern(bad)) << bad;
    EXPECT_FALSE(is_spiffe_pattern("spiffe://a/" + std::string(2048, 'b')));
}

} // namespace
} // namespace package
