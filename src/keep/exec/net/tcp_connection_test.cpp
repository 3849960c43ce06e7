#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/tcp_connection.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

using base::Errno;

// Two connected ends.
struct TcpConnectionTest : ::testing::Test {
    TcpConnectionTest() {
        auto listening = listen_at_free_port();
        near = std::make_unique<TcpConnection>(*dial("127.0.0.1", listening.port));
        far = *TcpListener{std::move(listening.socket)}.accept(false);
    }

    std::unique_ptr<Connection> near;
    std::unique_ptr<Connection> far;
};

TEST_F(TcpConnectionTest, carries_bytes_both_ways) {
    EXPECT_EQ(send_text(*near, "ping"), 4U);
    EXPECT_EQ(receive_text(*far, 10), "ping");
    EXPECT_EQ(send_text(*far, "pong"), 4U);
    EXPECT_EQ(receive_text(*near, 10), "pong");
}

TEST_F(TcpConnectionTest, scatters_over_and_gathers_from_several_buffers) {
    std::array<std::string, 3> const parts{"ab", "", "cde"};
    std::vector<std::span<std::byte const>> in;
    for (auto const& part : parts) in.push_back(std::as_bytes(std::span{part}));
    EXPECT_EQ(near->send(in, false), 5U);
    std::string first(1, ' ');
    std::string second(9, ' ');
    std::array const out{
        std::as_writable_bytes(std::span{first}), std::as_writable_bytes(std::span{second})
    };
    EXPECT_EQ(far->receive(out, {})->bytes, 5U);
    EXPECT_EQ(first + second.substr(0, 4), "abcde");
}

TEST_F(TcpConnectionTest, answers_again_instead_of_waiting_when_it_is_told_to) {
    EXPECT_EQ(receive_text(*far, 1, {.nonblocking = true}), error_text(Errno::Again));
    std::string const big(1U << 20, 'x');
    while (true) {
        auto const sent = send_text(*near, big, true);
        if (sent) continue;
        EXPECT_EQ(sent.error(), Errno::Again);
        break;
    }
    WaitSet waits;
    EXPECT_FALSE(near->ready(Direction::Write, waits));
}

TEST_F(TcpConnectionTest, shows_the_same_bytes_again_after_a_peek) {
    ASSERT_TRUE(send_text(*near, "look"));
    EXPECT_EQ(receive_text(*far, 10, {.peek = true}), "look");
    EXPECT_EQ(receive_text(*far, 2, {.peek = true}), "lo");
    EXPECT_EQ(receive_text(*far, 10), "look");
}

TEST_F(TcpConnectionTest, waits_for_all_bytes_or_the_end) {
    ASSERT_TRUE(send_text(*near, "first"));
    ASSERT_TRUE(send_text(*near, "second"));
    EXPECT_EQ(receive_text(*far, 11, {.wait_all = true}), "firstsecond");
    ASSERT_TRUE(send_text(*near, "tail"));
    near.reset();
    EXPECT_EQ(receive_text(*far, 11, {.wait_all = true}), "tail");
}

TEST_F(TcpConnectionTest, closes_one_direction_and_keeps_the_other) {
    ASSERT_TRUE(near->shutdown(ShutdownHow::Write));
    EXPECT_EQ(receive_text(*far, 1), "");
    EXPECT_TRUE(far->hung_up());
    EXPECT_FALSE(near->hung_up());
    ASSERT_TRUE(send_text(*far, "late"));
    EXPECT_EQ(receive_text(*near, 10), "late");
}

TEST_F(TcpConnectionTest, tells_a_sender_of_a_closed_peer_without_a_signal) {
    ASSERT_TRUE(send_text(*near, "unread"));
    ASSERT_TRUE(becomes_ready(*far, Direction::Read));
    far.reset(); // with bytes unread: a reset
    EXPECT_EQ(receive_text(*near, 1), error_text(Errno::ConnReset));
    EXPECT_EQ(send_text(*near, "x").error(), Errno::Pipe);
}

TEST_F(TcpConnectionTest, is_ready_when_data_or_the_end_is_there) {
    WaitSet waits;
    EXPECT_FALSE(far->ready(Direction::Read, waits));
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].events, POLLIN);
    EXPECT_TRUE(far->ready(Direction::Write, waits));
    EXPECT_EQ(far->readable_bytes(), 0U);

    ASSERT_TRUE(send_text(*near, "data"));
    EXPECT_TRUE(becomes_ready(*far, Direction::Read));
    EXPECT_EQ(far->readable_bytes(), 4U);
    EXPECT_EQ(receive_text(*far, 10), "data");
    near.reset();
    EXPECT_TRUE(becomes_ready(*far, Direction::Read));
}

TEST_F(TcpConnectionTest, reads_into_no_room_without_waiting) {
    EXPECT_EQ(receive_text(*far, 0), "");
}

TEST(TcpListener, takes_ipv4_and_ipv6_clients_at_the_unspecified_ipv6_address) {
    auto listening = listen_at_free_port("::");
    TcpListener listener{std::move(listening.socket)};
    for (auto const* host : {"127.0.0.1", "::1", "[::1]", "localhost"}) {
        auto const client = dial(host, listening.port);
        ASSERT_TRUE(client) << host << ": " << client.error().text;
        EXPECT_TRUE(listener.accept(false)) << host;
    }
}

TEST(TcpListener, is_ready_when_a_client_knocks) {
    auto listening = listen_at_free_port();
    TcpListener listener{std::move(listening.socket)};
    WaitSet waits;
    EXPECT_FALSE(listener.ready(Direction::Read, waits));
    EXPECT_EQ(waits.size(), 1U);
    EXPECT_EQ(listener.accept(true).error(), Errno::Again);
    auto const client = dial("127.0.0.1", listening.port);
    EXPECT_TRUE(becomes_ready(listener, Direction::Read));
    EXPECT_TRUE(listener.accept(true));
}

TEST(TcpListener, says_that_an_address_is_in_use) {
    auto const first = listen_at_free_port();
    auto const second = listen_at("127.0.0.1", first.port);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().name, "address-in-use");
    EXPECT_NE(second.error().text.find("127.0.0.1:"), std::string::npos);
}

TEST(TcpListener, says_that_an_address_is_not_of_this_machine) {
    EXPECT_EQ(listen_at("192.0.2.1", 0).error().name, "address-invalid");
}

TEST(Dial, says_that_nobody_listens) {
    std::uint16_t const port = listen_at_free_port().port; // closed again
    auto const refused = dial("localhost", port);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().name, "connection-refused");
    EXPECT_NE(refused.error().text.find("127.0.0.1:"), std::string::npos);
    EXPECT_NE(refused.error().text.find("[::1]:"), std::string::npos);
}

TEST(Dial, tries_the_next_address_when_one_does_not_answer) {
    auto const listening = listen_at_free_port();
    std::array const addresses{
        *os::SocketAddress::parse("127.0.0.2", listening.port), // nobody there
        *os::SocketAddress::parse("127.0.0.1", listening.port),
    };
    EXPECT_TRUE(dial_one_of(addresses, "test", os::Milliseconds{1000}));
}

// A listener whose queue is full answers nobody.
class FullQueue {
public:
    FullQueue() {
        EXPECT_TRUE(os::bind(socket_.number(), *os::SocketAddress::parse("127.0.0.1", 0)));
        EXPECT_TRUE(os::listen(socket_.number(), 0));
        for (int i = 0; i < 4; ++i) {
            auto client = dial_one_of(std::array{address()}, "the queue", os::Milliseconds{100});
            if (client) queue_.push_back(std::move(*client));
        }
    }
    os::SocketAddress address() const { return *os::SocketAddress::of_socket(socket_.number()); }

private:
    os::Fd socket_ = *os::stream_socket(AF_INET);
    std::vector<os::Fd> queue_;
};

TEST(Dial, gives_up_when_no_answer_comes_in_time) {
    FullQueue const full;
    auto const client = dial_one_of(std::array{full.address()}, "it", os::Milliseconds{200});
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().name, "connect-timeout");
}

TEST(Dial, gives_up_in_time_however_many_addresses_a_name_has) {
    FullQueue const full;
    std::vector const addresses(100, full.address());
    auto const before = std::chrono::steady_clock::now();
    auto const client = dial_one_of(addresses, "all of them", os::Milliseconds{50});
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().name, "connect-timeout");
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{2});
}

} // namespace
} // namespace exec::net
