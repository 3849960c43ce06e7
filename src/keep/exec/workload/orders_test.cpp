// Orders as exec takes them from a launch block.

#include "keep/exec/workload/orders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace exec;
using namespace protocol::launch;

os::OrFailure<Orders> orders_of(
    std::vector<Item> const& items, std::vector<std::byte>& block, Code code = Code::AnyOfThisModule
) {
    block.resize(encoded_size(items));
    EXPECT_TRUE(encode(items, block));
    auto const decoded = decode(block);
    EXPECT_TRUE(decoded);
    return take_orders(*decoded, code);
}

TEST(Orders, hold_every_item_of_the_block) {
    auto const number = number_text(1234);
    std::string_view const text{number.data(), number.size()};
    std::string const measurement(48, 'm');
    std::vector<std::byte> block;
    auto const orders = orders_of(
        {
            {.kind = Kind::Action, .text = "run"},
            {.kind = Kind::Module, .descriptor = 4, .text = "app.wasm"},
            {.kind = Kind::Configuration, .text = "args = []"},
            {.kind = Kind::Argument, .text = "a"},
            {.kind = Kind::Argument, .text = "b"},
            {.kind = Kind::Environment, .text = "K=V"},
            {.kind = Kind::Directory, .descriptor = 5, .text = "/data"},
            {.kind = Kind::HostDirectory, .descriptor = 6, .text = "/host"},
            {.kind = Kind::PackageDirectory, .descriptor = 7},
            {.kind = Kind::Artefact, .descriptor = 8},
            {.kind = Kind::ArtefactSink, .descriptor = 9},
            {.kind = Kind::Invoke, .text = "f"},
            {.kind = Kind::MaxMemory, .text = text},
            {.kind = Kind::TimeoutMs, .text = text},
            {.kind = Kind::LogFilter, .text = "info"},
            {.kind = Kind::LogFormat, .text = "json"},
            {.kind = Kind::Timings, .text = text},
            {.kind = Kind::Backend, .text = "nil"},
            {.kind = Kind::Measurement, .text = measurement},
        },
        block
    );
    ASSERT_TRUE(orders);
    EXPECT_EQ(orders->action, Action::Run);
    EXPECT_EQ(orders->module, 4);
    EXPECT_EQ(orders->module_name, "app.wasm");
    EXPECT_EQ(orders->configuration, "args = []");
    EXPECT_THAT(orders->args, ::testing::ElementsAre("a", "b"));
    EXPECT_THAT(orders->env, ::testing::ElementsAre("K=V"));
    EXPECT_EQ(orders->directories.at(0).descriptor, 5);
    EXPECT_EQ(orders->host_directories.at(0).path, "/host");
    EXPECT_EQ(orders->package_directory, 7);
    EXPECT_EQ(orders->artefact, 8);
    EXPECT_EQ(orders->artefact_sink, 9);
    EXPECT_EQ(orders->invoke, "f");
    EXPECT_EQ(orders->max_memory, 1234U);
    EXPECT_EQ(orders->timeout_ms, 1234U);
    EXPECT_EQ(orders->started_ns, 1234U);
    EXPECT_EQ(orders->log_filter, "info");
    EXPECT_EQ(orders->log_format, "json");
    EXPECT_EQ(orders->measurement->back(), std::byte{'m'});
}

TEST(Orders, have_one_of_three_actions) {
    std::vector<std::byte> block;
    Item const module{.kind = Kind::Module, .descriptor = 4, .text = "a"};
    EXPECT_EQ(
        orders_of({module, {.kind = Kind::Action, .text = "inspect"}}, block)->action,
        Action::Inspect
    );
    EXPECT_EQ(
        orders_of({module, {.kind = Kind::Action, .text = "digests"}}, block)->action,
        Action::Digests
    );
}

TEST(Orders, without_an_action_or_with_an_unknown_one_are_refused) {
    std::vector<std::byte> block;
    Item const module{.kind = Kind::Module, .descriptor = 4, .text = "a"};
    EXPECT_EQ(orders_of({module}, block).error().name, "launch-block-invalid");
    EXPECT_EQ(
        orders_of({module, {.kind = Kind::Action, .text = "fly"}}, block).error().name,
        "launch-block-invalid"
    );
}

TEST(Orders, without_a_module_are_refused) {
    std::vector<std::byte> block;
    EXPECT_EQ(
        orders_of({{.kind = Kind::Action, .text = "run"}}, block).error().name,
        "launch-block-invalid"
    );
}

TEST(Orders, with_a_nameless_variable_are_refused) {
    std::vector<std::byte> block;
    for (std::string_view const text : {"", "=x"})
        EXPECT_FALSE(orders_of(
            {{.kind = Kind::Action, .text = "run"},
             {.kind = Kind::Module, .descriptor = 4, .text = "a"},
             {.kind = Kind::Environment, .text = text}},
            block
        ));
}

TEST(Orders, with_compiled_code_are_refused_where_the_keep_takes_none_but_its_own) {
    for (auto const kind : {Kind::Artefact, Kind::ArtefactSink}) {
        std::vector<Item> const items{
            {.kind = Kind::Action, .text = "run"},
            {.kind = Kind::Module, .descriptor = 4, .text = "app.wasm"},
            {.kind = kind, .descriptor = 5},
        };
        std::vector<std::byte> block;
        EXPECT_TRUE(orders_of(items, block, Code::AnyOfThisModule));
        EXPECT_TRUE(orders_of(items, block, Code::Sealed));
        auto const refused = orders_of(items, block, Code::OwnOnly);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().name, "launch-block-invalid");
    }
}

TEST(Orders, keep_code_only_of_an_application_that_is_run_and_where_there_is_a_place_for_it) {
    Orders orders;
    EXPECT_FALSE(orders.keeps_code());
    orders.artefact_sink = 5;
    EXPECT_TRUE(orders.keeps_code());
    for (auto const other : {Action::Inspect, Action::Digests, Action::Provision}) {
        orders.action = other;
        EXPECT_FALSE(orders.keeps_code());
    }
    orders = {};
    orders.artefact = 6;
    EXPECT_TRUE(orders.keeps_code());
}

TEST(Orders, of_a_keep_that_asks_a_service_name_it_and_nothing_that_would_run) {
    std::string const digits(64, '5');
    std::vector<Item> const right{
        {.kind = Kind::Action, .text = "provision"},
        {.kind = Kind::Pull, .text = "shop/api"},
        {.kind = Kind::Steward, .text = "https://attest.example"},
        {.kind = Kind::StewardPin, .text = digits},
    };
    std::vector<std::byte> block;
    auto const orders = orders_of(right, block);
    ASSERT_TRUE(orders);
    ASSERT_TRUE(orders->pull);
    EXPECT_EQ(orders->pull->deployment, "shop/api");
    EXPECT_EQ(orders->pull->steward, "https://attest.example");
    EXPECT_EQ(orders->pull->pin[31], std::byte{0x55});
    EXPECT_FALSE(orders->channel);

    auto const refused = [&](std::vector<Item> const& items) {
        return !orders_of(items, block).has_value();
    };
    for (std::size_t missing = 1; missing < right.size(); ++missing) {
        auto items = right;
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(missing));
        EXPECT_TRUE(refused(items)) << missing;
    }
    auto named = right;
    named[1].text = "Shop";
    EXPECT_TRUE(refused(named));
    auto pinned = right;
    pinned[3].text = "55";
    EXPECT_TRUE(refused(pinned));
    auto running = right;
    running[0].text = "run";
    EXPECT_TRUE(refused(running));
    for (Item const& more : std::vector<Item>{
             {.kind = Kind::Module, .descriptor = 4, .text = "app.wasm"},
             {.kind = Kind::Configuration, .text = "args = []"},
             {.kind = Kind::Argument, .text = "a"},
             {.kind = Kind::Environment, .text = "K=V"},
             {.kind = Kind::Directory, .descriptor = 5, .text = "/data"},
             {.kind = Kind::PackageDirectory, .descriptor = 7},
             {.kind = Kind::Artefact, .descriptor = 8},
         }) {
        auto items = right;
        items.push_back(more);
        EXPECT_TRUE(refused(items)) << static_cast<int>(more.kind);
    }
}

} // namespace
