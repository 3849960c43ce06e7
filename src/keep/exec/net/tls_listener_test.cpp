#include "keep/exec/net/tls_listener.hpp"
#include "keep/exec/net/tls_pair_for_tests.hpp"
#include "os/descriptor_limit.hpp"

#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

namespace exec::net {
namespace {

using base::Errno;
using namespace std::chrono_literals;

// What a client sees that has nothing to read: still open, or closed by the server.
bool closed(os::Fd const& client) {
    std::array<std::byte, 100> out{};
    while (true) {
        auto const count = os::receive(client.number(), out, MSG_DONTWAIT);
        if (!count) return count.error() != Errno::Again;
        if (*count == 0) return true; // an alert came before the end
    }
}

bool accepts(TlsTestServer& server, TlsStream& client) {
    for (int round = 0; round < 100; ++round) {
        auto const done = client.advance_handshake();
        if (!done) return false;
        if (auto const far = server.listener().accept(true)) return true;
    }
    return false;
}

TEST(TlsListener, hands_out_nobody_before_the_handshake_is_done) {
    TlsTestServer server;
    auto client = server.client();
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    WaitSet waits;
    EXPECT_FALSE(server.listener().ready(Direction::Read, waits));
    EXPECT_EQ(waits.size(), 2U); // the listener, and the client in its handshake
    ASSERT_TRUE(client.advance_handshake());
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    ASSERT_TRUE(*client.advance_handshake());
    EXPECT_TRUE(becomes_ready(server.listener(), Direction::Read));
    EXPECT_TRUE(server.listener().accept(true));
}

TEST(TlsListener, serves_others_while_silent_and_slow_clients_take_their_time) {
    TlsTestServer server;
    std::vector<os::Fd> silent;
    for (int i = 0; i < 50; ++i) silent.push_back(server.plain_client());
    auto client = server.client();
    EXPECT_TRUE(accepts(server, client));
    for (auto const& each : silent) EXPECT_FALSE(closed(each));
}

TEST(TlsListener, lets_a_client_send_its_hello_byte_by_byte) {
    TlsTestServer server;
    auto slow = server.client();
    auto& session = slow.session();
    ASSERT_FALSE(*session.handshake());
    while (slow.unsent()) {
        ASSERT_TRUE(os::send(slow.socket(), session.outgoing().first(1), 0));
        session.sent(1);
        EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    }
    EXPECT_TRUE(accepts(server, slow));
}

TEST(TlsListener, drops_clients_that_speak_no_tls_unheard_by_the_application) {
    TlsTestServer server;
    for (std::string_view const text :
         {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "\x16\x03\x01\xff\xff garbage that goes on and on",
          "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
        auto const client = server.plain_client();
        ASSERT_TRUE(os::send(client.number(), std::as_bytes(std::span{text}), 0));
        bool dropped = false;
        for (int round = 0; round < 100 && !dropped; ++round) {
            EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
            dropped = closed(client);
        }
        EXPECT_TRUE(dropped) << text;
    }
    auto good = server.client();
    EXPECT_TRUE(accepts(server, good));
}

TEST(TlsListener, drops_a_client_that_leaves_in_its_handshake) {
    TlsTestServer server;
    {
        auto client = server.client();
        ASSERT_FALSE(*client.advance_handshake());
        EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    }
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    WaitSet waits;
    EXPECT_FALSE(server.listener().ready(Direction::Read, waits));
    EXPECT_EQ(waits.size(), 1U);
}

TEST(TlsListener, drops_a_client_whose_time_is_up) {
    TlsTestServer server{{.patience = 50ms}};
    auto const silent = server.plain_client();
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    EXPECT_FALSE(closed(silent));
    std::this_thread::sleep_for(60ms);
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    EXPECT_TRUE(closed(silent));
}

std::size_t used_memory() {
    auto const now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

// What a client costs in memory that has said `text` and then nothing more; nothing where this
// machine does not let us have the descriptors.
std::optional<std::size_t> bytes_of_a_client(std::string_view text) {
    constexpr std::size_t count = 1000;
    os::allow_descriptors(3 * count);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < 3 * count) return std::nullopt;

    TlsTestServer server{{.at_once = count}};
    std::vector<os::Fd> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(server.plain_client());
        EXPECT_TRUE(os::send(clients.back().number(), std::as_bytes(std::span{text}), 0));
    }
    auto const before = used_memory();
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    WaitSet waits;
    EXPECT_FALSE(server.listener().ready(Direction::Read, waits));
    EXPECT_EQ(waits.size(), 1 + count); // it has taken in all of them
    return (used_memory() - before) / count;
}

TEST(TlsListener, spends_next_to_nothing_on_a_client_that_says_nothing) {
    auto const bytes = bytes_of_a_client("");
    if (!bytes) GTEST_SKIP() << "this user may not have 3000 descriptors";
    EXPECT_LT(*bytes, 1024U);
}

TEST(TlsListener, spends_little_on_a_client_that_does_not_finish_its_hello) {
    auto const bytes = bytes_of_a_client(std::string_view{"\x16\x03\x01\x02\x00\x01", 6});
    if (!bytes) GTEST_SKIP() << "this user may not have 3000 descriptors";
    EXPECT_LT(*bytes, 24U * 1024);
}

TEST(TlsListener, drops_the_oldest_handshake_when_there_are_too_many) {
    TlsTestServer server{{.at_once = 2}};
    auto const first = server.plain_client();
    auto const second = server.plain_client();
    EXPECT_EQ(server.listener().accept(true).error(), Errno::Again);
    EXPECT_FALSE(closed(first));
    auto third = server.client();
    EXPECT_TRUE(accepts(server, third));
    EXPECT_TRUE(closed(first));
    EXPECT_FALSE(closed(second));
}

} // namespace
} // namespace exec::net
