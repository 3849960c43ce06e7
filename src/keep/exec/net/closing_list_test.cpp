#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/net/tls_pair_for_tests.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

using base::Errno;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Sends on all of them until not one byte more goes: one record is then unsent in each session. The
// network takes a little more whenever it asks the peer for room, which it does after 200 ms.
std::size_t fill(std::span<TlsTestServer::Pair> pairs) {
    std::string const piece(100'000, 'f');
    std::size_t sent = 0;
    for (auto quiet_since = Clock::now(); Clock::now() - quiet_since < 500ms;) {
        for (auto& pair : pairs) {
            auto const count = send_text(*pair.far, piece, true);
            sent += count.value_or(0);
            if (count) quiet_since = Clock::now();
        }
        std::this_thread::sleep_for(1ms);
    }
    return sent;
}

std::size_t fill(TlsTestServer::Pair& pair) { return fill(std::span{&pair, 1}); }

// Connections whose peers do not read, each with something unsent.
std::vector<TlsTestServer::Pair> full_pairs(TlsTestServer& server, int count) {
    std::vector<TlsTestServer::Pair> pairs;
    pairs.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) pairs.push_back(server.pair());
    (void)fill(pairs);
    return pairs;
}

void close_all(std::vector<TlsTestServer::Pair>& pairs) {
    for (auto& pair : pairs) pair.far.reset();
}

// What the peer gets of a connection while `closing` moves on: bytes, and how it ended.
struct Got {
    std::size_t bytes = 0;
    std::string end;
};
Got read_to_the_end(Connection& near, ClosingList& closing) {
    Got got;
    auto const deadline = Clock::now() + 20s;
    while (Clock::now() < deadline) {
        auto const text = receive_text(near, 30'000, {.nonblocking = true});
        if (text == error_text(Errno::Again)) {
            closing.move_on();
            std::this_thread::sleep_for(1ms);
            continue;
        }
        if (text.empty() || text.starts_with("error")) {
            got.end = text.empty() ? "close_notify" : text;
            return got;
        }
        got.bytes += text.size();
    }
    got.end = "no end";
    return got;
}

TEST(Closing, does_not_wait_for_peers_that_do_not_read) {
    TlsTestServer server;
    auto pairs = full_pairs(server, 20);
    auto const before = Clock::now();
    close_all(pairs);
    EXPECT_LT(Clock::now() - before, 100ms);
    EXPECT_EQ(server.closing().size(), 20U);
}

TEST(Closing, still_delivers_all_and_the_close_notify_to_a_peer_that_reads_late) {
    TlsTestServer server;
    auto pair = server.pair();
    auto const sent = fill(pair);
    pair.far.reset();
    ASSERT_EQ(server.closing().size(), 1U);
    auto const got = read_to_the_end(*pair.near, server.closing());
    EXPECT_EQ(got.bytes, sent);
    EXPECT_EQ(got.end, "close_notify");
    EXPECT_TRUE(server.closing().empty());
}

TEST(Closing, forgets_a_peer_that_is_gone) {
    TlsTestServer server;
    auto pairs = full_pairs(server, 1);
    close_all(pairs);
    ASSERT_EQ(server.closing().size(), 1U);
    pairs.front().near.reset();
    std::this_thread::sleep_for(20ms);
    server.closing().move_on();
    EXPECT_TRUE(server.closing().empty());
}

TEST(Closing, gives_up_the_oldest_beyond_its_number) {
    TlsTestServer server{{}, {.connections = 2}};
    auto pairs = full_pairs(server, 3);
    close_all(pairs);
    EXPECT_EQ(server.closing().size(), 2U);
    EXPECT_NE(read_to_the_end(*pairs[0].near, server.closing()).end, "close_notify");
    EXPECT_EQ(read_to_the_end(*pairs[1].near, server.closing()).end, "close_notify");
    EXPECT_EQ(read_to_the_end(*pairs[2].near, server.closing()).end, "close_notify");
}

TEST(Closing, gives_up_the_oldest_beyond_its_bytes) {
    TlsTestServer server{{}, {.bytes = 1}};
    auto pairs = full_pairs(server, 2);
    close_all(pairs);
    EXPECT_TRUE(server.closing().empty());
    EXPECT_NE(read_to_the_end(*pairs[1].near, server.closing()).end, "close_notify");
}

TEST(Closing, gives_nobody_up_for_one_that_can_be_sent_at_once) {
    TlsTestServer server{{}, {.connections = 1}};
    auto first = server.pair();
    auto const sent = fill(first);
    first.far.reset();
    ASSERT_EQ(server.closing().size(), 1U);
    std::thread reader{[&] {
        // It reads all that the network has, so that the rest finds room.
        std::size_t bytes = 0;
        while (bytes < sent) {
            auto const text = receive_text(*first.near, 65'536);
            if (text.empty() || text.starts_with("error")) break;
            bytes += text.size();
        }
        EXPECT_EQ(bytes, sent);
    }};
    std::this_thread::sleep_for(100ms);
    auto second = full_pairs(server, 1);
    close_all(second);
    reader.join();
    EXPECT_EQ(server.closing().size(), 1U);
}

TEST(Closing, gives_up_a_peer_whose_time_is_up) {
    TlsTestServer server{{}, {.patience = 30ms}};
    auto pairs = full_pairs(server, 2);
    close_all(pairs);
    EXPECT_EQ(server.closing().size(), 2U);
    std::this_thread::sleep_for(40ms);
    server.closing().move_on();
    EXPECT_TRUE(server.closing().empty());
    EXPECT_EQ(server.closing().next_deadline(), std::nullopt);
}

TEST(Closing, at_the_end_has_one_deadline_for_all_together) {
    TlsTestServer server;
    auto pairs = full_pairs(server, 10);
    close_all(pairs);
    auto const before = Clock::now();
    server.closing().finish(200ms);
    EXPECT_GE(Clock::now() - before, 200ms);
    EXPECT_LT(Clock::now() - before, 400ms);
    EXPECT_TRUE(server.closing().empty());
}

TEST(Closing, at_the_end_waits_no_longer_than_the_peers_need) {
    TlsTestServer server;
    auto pair = server.pair();
    auto const sent = fill(pair);
    pair.far.reset();
    std::thread reader{[&] {
        std::this_thread::sleep_for(50ms);
        std::size_t bytes = 0;
        for (std::string text = "-"; !text.empty() && !text.starts_with("error");) {
            text = receive_text(*pair.near, 65'536);
            if (!text.starts_with("error")) bytes += text.size();
        }
        EXPECT_EQ(bytes, sent);
    }};
    auto const before = Clock::now();
    server.closing().finish(10s);
    EXPECT_LT(Clock::now() - before, 5s);
    reader.join();
}

} // namespace
} // namespace exec::net
