#include "keep/exec/net/tls_connection.hpp"
#include "keep/exec/net/tls_pair_for_tests.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

using base::Errno;

struct TlsConnectionTest : ::testing::Test {
    TlsConnectionTest() {
        auto pair = server.pair();
        near = std::move(pair.near);
        far = std::move(pair.far);
    }

    TlsTestServer server;
    std::unique_ptr<TlsConnection> near;
    std::unique_ptr<Connection> far;
};

TEST_F(TlsConnectionTest, carries_bytes_both_ways) {
    EXPECT_EQ(send_text(*near, "ping"), 4U);
    EXPECT_EQ(receive_text(*far, 10), "ping");
    EXPECT_EQ(send_text(*far, "pong"), 4U);
    EXPECT_EQ(receive_text(*near, 10), "pong");
}

TEST_F(TlsConnectionTest, is_ready_as_long_as_decrypted_bytes_are_left) {
    WaitSet waits;
    EXPECT_FALSE(far->ready(Direction::Read, waits));
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].events, POLLIN);
    ASSERT_TRUE(send_text(*near, "several bytes"));
    ASSERT_TRUE(becomes_ready(*far, Direction::Read));
    EXPECT_EQ(far->readable_bytes(), 13U);
    EXPECT_EQ(receive_text(*far, 1), "s"); // the socket has nothing any more, the session has
    EXPECT_TRUE(far->ready(Direction::Read, waits));
    EXPECT_EQ(far->readable_bytes(), 12U);
    EXPECT_EQ(receive_text(*far, 100), "everal bytes");
    EXPECT_FALSE(far->ready(Direction::Read, waits));
    EXPECT_EQ(far->readable_bytes(), 0U);
}

TEST_F(TlsConnectionTest, is_not_ready_with_half_a_record) {
    // Safety of the trick: the peer's TLS session writes, the test sends only a part.
    auto stream = server.client();
    auto const peer = server.accept(stream);
    std::string_view const text = "whole record";
    ASSERT_TRUE(stream.session().write(std::as_bytes(std::span{text})));
    ASSERT_TRUE(os::send(stream.socket(), stream.session().outgoing().first(9), 0));
    WaitSet waits;
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(peer->ready(Direction::Read, waits));
    EXPECT_EQ(receive_text(*peer, 20, {.nonblocking = true}), error_text(Errno::Again));
    stream.session().sent(9);
    ASSERT_TRUE(stream.flush());
    EXPECT_EQ(receive_text(*peer, 20), text);
}

TEST_F(TlsConnectionTest, shows_the_same_bytes_again_after_a_peek) {
    ASSERT_TRUE(send_text(*near, "look"));
    EXPECT_EQ(receive_text(*far, 2, {.peek = true}), "lo");
    EXPECT_EQ(receive_text(*far, 10, {.peek = true}), "look");
    EXPECT_EQ(far->readable_bytes(), 4U);
    EXPECT_EQ(receive_text(*far, 3), "loo");
    EXPECT_EQ(receive_text(*far, 3), "k");
    EXPECT_EQ(receive_text(*far, 1, {.peek = true, .nonblocking = true}), error_text(Errno::Again));
}

TEST_F(TlsConnectionTest, waits_for_all_bytes_over_several_records_or_the_end) {
    ASSERT_TRUE(send_text(*near, "first"));
    ASSERT_TRUE(send_text(*near, "second"));
    EXPECT_EQ(receive_text(*far, 11, {.peek = true, .wait_all = true}), "firstsecond");
    EXPECT_EQ(receive_text(*far, 11, {.wait_all = true}), "firstsecond");
    ASSERT_TRUE(send_text(*near, "tail"));
    near.reset();
    EXPECT_EQ(receive_text(*far, 11, {.wait_all = true}), "tail");
    EXPECT_EQ(receive_text(*far, 11, {.wait_all = true}), "");
}

TEST_F(TlsConnectionTest, scatters_over_and_gathers_from_several_buffers) {
    std::array<std::string, 3> const parts{"ab", std::string(20'000, 'c'), "de"};
    std::vector<std::span<std::byte const>> in;
    for (auto const& part : parts) in.push_back(std::as_bytes(std::span{part}));
    EXPECT_EQ(near->send(in, false), 20'004U);
    std::string first(1, ' ');
    std::string second(20'003, ' ');
    std::array const out{
        std::as_writable_bytes(std::span{first}), std::as_writable_bytes(std::span{second})
    };
    EXPECT_EQ(far->receive(out, {.wait_all = true})->bytes, 20'004U);
    EXPECT_EQ(first + second, parts[0] + parts[1] + parts[2]);
}

TEST_F(TlsConnectionTest, closes_one_direction_and_keeps_the_other) {
    ASSERT_TRUE(near->shutdown(ShutdownHow::Write));
    EXPECT_EQ(send_text(*near, "x").error(), Errno::Pipe);
    EXPECT_EQ(receive_text(*far, 1), "");
    EXPECT_TRUE(far->hung_up());
    EXPECT_FALSE(near->hung_up());
    ASSERT_TRUE(send_text(*far, "late"));
    EXPECT_EQ(receive_text(*near, 10), "late");
    far.reset();
    EXPECT_EQ(receive_text(*near, 10), "");
}

TEST_F(TlsConnectionTest, reads_nothing_after_it_has_shut_its_own_reading_side) {
    ASSERT_TRUE(send_text(*near, "unwanted"));
    ASSERT_TRUE(far->shutdown(ShutdownHow::Read));
    EXPECT_EQ(receive_text(*far, 10), "");
    ASSERT_TRUE(send_text(*far, "still"));
    EXPECT_EQ(receive_text(*near, 10), "still");
}

TEST_F(TlsConnectionTest, reads_a_peer_that_vanished_as_a_reset_after_its_last_data) {
    ASSERT_TRUE(send_text(*near, "cut"));
    auto stream = server.client();
    auto const peer = server.accept(stream);
    ASSERT_TRUE(os::shutdown(stream.socket(), SHUT_WR)); // below TLS
    EXPECT_TRUE(becomes_ready(*peer, Direction::Read));
    EXPECT_EQ(receive_text(*peer, 10), error_text(Errno::ConnReset));
    EXPECT_TRUE(peer->hung_up());
}

TEST_F(TlsConnectionTest, sends_as_much_as_fits_when_it_must_not_wait_and_loses_none_of_it) {
    std::string const piece(100'000, 'x');
    std::size_t sent = 0;
    while (auto const count = send_text(*near, piece, true)) sent += *count;
    EXPECT_EQ(send_text(*near, piece, true).error(), Errno::Again);
    WaitSet waits;
    EXPECT_FALSE(near->ready(Direction::Write, waits));
    EXPECT_EQ(waits.front().events, POLLOUT);

    std::size_t received = 0;
    while (received < sent) {
        auto const text = receive_text(*far, 65'536, {.nonblocking = true});
        if (text.starts_with("error")) {
            (void)near->ready(Direction::Read, waits); // moves on what was encrypted
            continue;
        }
        received += text.size();
    }
    EXPECT_EQ(received, sent);
    EXPECT_TRUE(becomes_ready(*near, Direction::Write));
}

// What a peer makes us answer piles up if it does not read the answers.
TEST_F(TlsConnectionTest, does_not_listen_to_a_peer_that_does_not_read_what_is_sent) {
    auto stream = server.client();
    auto const peer = server.accept(stream);
    std::vector<std::byte> const answer(16'000);
    for (int full = 0; full < 20; full += stream.unsent() ? 1 : 0) {
        ASSERT_TRUE(stream.session().write(answer));
        ASSERT_TRUE(stream.push());
    }
    ASSERT_GT(stream.unsent_bytes(), TlsStream::most_unsent);
    ASSERT_TRUE(send_text(*peer, "listen to me"));
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_EQ(stream.pull().error(), Errno::Again);
    EXPECT_EQ(stream.wait_entry().events, POLLOUT);

    std::thread reader{[&] {
        while (receive_text(*peer, 65'536).size() > 1000) {
        }
    }};
    ASSERT_TRUE(stream.flush());
    EXPECT_EQ(stream.wait_entry().events, POLLIN);
    EXPECT_TRUE(stream.pull());
    EXPECT_EQ(stream.session().readable(), 12U);
    ASSERT_TRUE(os::shutdown(stream.socket(), SHUT_WR));
    reader.join();
}

// The last step of closing is the peer's own business.
TEST_F(TlsConnectionTest, does_not_wait_for_the_peers_close_notify_when_it_closes) {
    auto const before = std::chrono::steady_clock::now();
    ASSERT_TRUE(far->shutdown(ShutdownHow::Both));
    far.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{50});
    EXPECT_TRUE(server.closing().empty());
    EXPECT_EQ(receive_text(*near, 1), "");
}

TEST_F(TlsConnectionTest, lets_each_end_send_at_the_same_time) {
    std::string const piece(50'000, 'y');
    std::size_t const wanted = 20 * piece.size();
    std::array<std::size_t, 2> sent{};
    std::array<std::size_t, 2> received{};
    std::array<Connection*, 2> const ends{near.get(), far.get()};
    while (received[0] < wanted || received[1] < wanted) {
        for (std::size_t i = 0; i < 2; ++i) {
            auto const left = std::min(piece.size(), wanted - sent[i]);
            sent[i] +=
                send_text(*ends[i], std::string_view{piece}.substr(0, left), true).value_or(0);
            auto const text = receive_text(*ends[i], 70'000, {.nonblocking = true});
            if (!text.starts_with("error")) received[i] += text.size();
        }
    }
    EXPECT_EQ(received[0], wanted);
    EXPECT_EQ(received[1], wanted);
}

} // namespace
} // namespace exec::net
