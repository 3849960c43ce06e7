// What a host allows, and nothing else.

#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/places.hpp"
#include "keep/exec/net/tcp_listener.hpp"

#include <gtest/gtest.h>

namespace exec::net {
namespace {

// In a process of its own: it holds for the rest of one.
void hold_and_try() {
    if (!may_connect("anywhere.example", 1)) std::_Exit(1);
    hold_to(
        "listen 127.0.0.1 8000\nlisten 0:0:0:0:0:0:0:0 9000\nconnect db.example 5432\n"
        "connect ::1 5432\nlisten 127.0.0.1 70000\nnonsense\n"
    );
    auto const at = [](std::string_view host, std::uint16_t port) {
        return *os::SocketAddress::parse(host, port);
    };
    bool const right = may_listen(at("127.0.0.1", 8000)) && may_listen(at("::", 9000)) &&
                       !may_listen(at("127.0.0.1", 8001)) && !may_listen(at("0.0.0.0", 8000)) &&
                       !may_listen(at("127.0.0.1", 9000)) && !may_listen(at("127.0.0.1", 5432)) &&
                       may_connect("db.example", 5432) && may_connect("0:0::1", 5432) &&
                       !may_connect("db.example", 5433) && !may_connect("127.0.0.1", 5432) &&
                       !may_connect("127.0.0.1", 8000) && !may_connect("", 0);
    if (!right) std::_Exit(2);
    auto const socket = listen_at("127.0.0.1", 0);
    if (socket || socket.error().name != "address-not-permitted") std::_Exit(3);
    auto const line = dial("127.0.0.1", 1);
    if (line || line.error().name != "connection-failed") std::_Exit(4);
    hold_to("");
    std::_Exit(may_connect("db.example", 5432) ? 5 : 0);
}

TEST(Places, AreThoseOfTheHostAndNoOthers) {
    EXPECT_EXIT(hold_and_try(), ::testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace exec::net
