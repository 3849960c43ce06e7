#include "net/names.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace {

TEST(Names, BelowLocalhostAreThisMachine) {
    auto const found = net::look_up("election.localhost", "7");
    ASSERT_TRUE(found) << found.error();
    EXPECT_FALSE(found->empty());
    EXPECT_TRUE(std::ranges::all_of(*found, &os::SocketAddress::loopback));
}

TEST(Names, OthersAreAskedFor) { EXPECT_FALSE(net::look_up("localhost.invalid", "7")); }

} // namespace
