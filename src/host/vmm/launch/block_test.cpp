#include "host/vmm/launch/block.hpp"
#include "host/vmm/launch/order.hpp"
#include "os/check.hpp"

#include <array>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using host::vmm::LaunchOrder;
using protocol::launch::Kind;

TEST(LaunchBlock, CarriesTheOrdersItemsAndNobodyCanChangeIt) {
    LaunchOrder order;
    order.add(Kind::Action, "run");
    order.add(Kind::Module, os::Fd{::dup(STDIN_FILENO)}, "app.wasm", host::vmm::Rights::ReadOnly);
    order.add(Kind::TimeoutMs, 1500);
    for (int i = 0; i < 1000; ++i) order.add(Kind::Argument, "argument " + std::to_string(i));

    auto const block = host::vmm::sealed_block(order.items());
    ASSERT_TRUE(block) << block.error().text;
    std::array<std::byte, 64 << 10> bytes{};
    auto const size = ::pread(block->number(), bytes.data(), bytes.size(), 0);
    ASSERT_GT(size, 0);
    auto const items =
        protocol::launch::decode(std::span{bytes}.first(static_cast<std::size_t>(size)));
    ASSERT_TRUE(items);
    std::vector<protocol::launch::Item> all{};
    for (auto const item : *items) all.push_back(item);
    ASSERT_EQ(all.size(), 1003U);
    EXPECT_EQ(all[0].text, "run");
    EXPECT_EQ(all[1].text, "app.wasm");
    EXPECT_GE(all[1].descriptor, 0);
    EXPECT_EQ(all[2].number(), 1500U);
    EXPECT_EQ(all[1002].text, "argument 999");

    EXPECT_LT(::pwrite(block->number(), "x", 1, 0), 0);
    EXPECT_LT(::ftruncate(block->number(), 0), 0);
}

TEST(LaunchBlock, RefusesMoreThanAKeepTakes) {
    LaunchOrder order;
    order.add(Kind::Argument, std::string(protocol::launch::max_size, 'x'));
    auto const block = host::vmm::sealed_block(order.items());
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().name, "launch-too-large");
}

} // namespace
