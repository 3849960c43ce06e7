#include "package/descriptors.hpp"

#include <gtest/gtest.h>

namespace package {
namespace {

Configuration listening(Protocol protocol, int listeners, Limits limits) {
    Configuration configuration;
    configuration.limits = limits;
    for (int i = 0; i < listeners; ++i)
        configuration.files.emplace_back(
            Listen{.name = "l", .protocol = protocol, .address = "::", .port = 1, .tls = {}}
        );
    return configuration;
}

// Clients that the application does not have yet, or not any more, must not take its own away.
TEST(Descriptors, AreThereForClientsBesideThoseOfTheApplication) {
    auto const none = descriptors(Configuration{});
    EXPECT_GE(none, 1024U + closing_at_once);
    EXPECT_EQ(descriptors(listening(Protocol::Tcp, 2, {})), none);
    EXPECT_EQ(descriptors(listening(Protocol::Tls, 1, {})), none + 256);
    EXPECT_EQ(descriptors(listening(Protocol::Tls, 2, {})), none + 512);
    EXPECT_EQ(
        descriptors(
            listening(Protocol::Tls, 1, {.memory = {}, .open_files = 2048, .sockets = 1000})
        ),
        none + 1024 + 1000
    );
}

} // namespace
} // namespace package
