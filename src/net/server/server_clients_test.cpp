// Answers that come later, tunnels, and clients that are slow, many, or gone.

#include "net/server/server_for_tests.hpp"

namespace net::server {
namespace {

using namespace testing;

TEST_F(ServerTest, answers_later_from_another_thread) {
    start();
    auto const socket = connect();
    say(socket, "GET /later HTTP/1.1\r\n\r\n");
    was_kept.get_future().wait();
    (*kept)({.type = "text/plain", .body = "at last"});
    EXPECT_TRUE(hear(socket, "at last").starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, answers_where_its_handler_forgot) {
    start();
    EXPECT_TRUE(
        ask("GET /never HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 500 ")
    );
}

TEST_F(ServerTest, carries_a_tunnel_both_ways_and_both_ends) {
    start();
    auto const socket = connect();
    say(socket, "GET /tunnel HTTP/1.1\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nearly");
    EXPECT_TRUE(hear(socket, "\r\n\r\n").contains("101 Switching Protocols"));
    EXPECT_EQ(hear(far, "early"), "early");
    say(far, "hello");
    EXPECT_EQ(hear(socket, "hello"), "hello");
    ::shutdown(socket.number(), SHUT_WR);
    EXPECT_EQ(hear(far), "");
    say(far, "last words");
    far = {};
    EXPECT_EQ(hear(socket), "last words");
}

TEST_F(ServerTest, ends_the_tunnel_of_a_client_that_vanished) {
    start();
    {
        auto const socket = connect();
        say(socket, "GET /tunnel HTTP/1.1\r\n\r\n");
        hear(socket, "\r\n\r\n");
        linger const hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    EXPECT_EQ(hear(far), "");
}

TEST_F(ServerTest, carries_more_than_the_buffers_hold) {
    start();
    auto const socket = connect();
    say(socket, "GET /tunnel HTTP/1.1\r\n\r\n");
    hear(socket, "\r\n\r\n");
    std::string const much(20 << 20, 'm');
    std::thread writer{[&] {
        say(socket, much);
        ::shutdown(socket.number(), SHUT_WR);
    }};
    std::this_thread::sleep_for(100ms); // the far side reads late
    EXPECT_EQ(hear(far).size(), much.size());
    writer.join();
}

TEST_F(ServerTest, closes_who_is_too_slow) {
    start({.request = 300ms, .idle = 300ms});
    auto const silent = connect();
    auto const slow = connect();
    say(slow, "GET /echo/a HTT");
    EXPECT_EQ(hear(silent), "");
    EXPECT_TRUE(hear(slow).starts_with("HTTP/1.1 408 "));
}

TEST_F(ServerTest, closes_the_quietest_for_a_new_one) {
    start({.connections = 2});
    auto const first = connect();
    std::this_thread::sleep_for(50ms);
    auto const second = connect();
    EXPECT_EQ(body_of(ask("GET /echo/a HTTP/1.1\r\nConnection: close\r\n\r\n")), "GET a   1");
    EXPECT_EQ(hear(first), "");
}

TEST_F(ServerTest, keeps_who_is_sending_when_others_only_sit_there) {
    start({.connections = 2, .progress = 1000});
    auto const sender = connect();
    say(sender, "PUT /store HTTP/1.1\r\nConnection: close\r\nContent-Length: 6000\r\n\r\n");
    auto const come_and_go = [&] {
        auto const sitting = connect();
        std::this_thread::sleep_for(30ms);
        say(sender, std::string(1000, 'b'));
        std::this_thread::sleep_for(30ms);
        auto const another = connect(); // one has to go for it
        std::this_thread::sleep_for(30ms);
    };
    for (int i = 0; i < 6; ++i) {
        come_and_go();
        std::this_thread::sleep_for(30ms); // until the server knows that they are gone
    }
    EXPECT_TRUE(hear(sender).starts_with("HTTP/1.1 201 "));
    EXPECT_EQ(server->figures().pushed_out, 6U) << "one for each that came, and no more";
}

TEST_F(ServerTest, refuses_more_bodies_than_its_memory_takes) {
    start({.memory = 400});
    auto const answer =
        ask("POST /echo/a HTTP/1.1\r\nContent-Length: 500\r\n\r\n" + std::string(401, 'x'));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_EQ(
        body_of(
            ask("POST /echo/a HTTP/1.1\r\nContent-Length: 2\r\nConnection: "
                "close\r\n\r\nab")
        ),
        "POST a  ab 1"
    );
}

// A body that lacks its end, a header that does, and one of many fields that take more than they
// say.
TEST_F(ServerTest, closes_those_who_hold_memory_longest_for_who_comes) {
    std::string const few = "POST /echo/a HTTP/1.1\r\nContent-Length: 900\r\n";
    std::string fields;
    for (int i = 0; i < 90; ++i) fields += "a:\r\n";
    for (auto const& begun :
         {few + "\r\n" + std::string(800, 'x'),
          few + "X: " + std::string(800, 'x'),
          few + fields + "\r\n"}) {
        start({.memory = 20'000});
        std::vector<os::Fd> holders;
        for (int i = 0; i < 25; ++i) {
            holders.push_back(connect());
            say(holders.back(), begun);
            std::this_thread::sleep_for(2ms);
        }
        auto const body = std::string(900, 'y');
        EXPECT_TRUE(ask(few + "Connection: close\r\n\r\n" + body).ends_with(body + " 1"));
        EXPECT_EQ(hear(holders.front()), "");
        EXPECT_GT(server->figures().pushed_out, 1U);
        EXPECT_LT(server->figures().pushed_out, 25U) << "no more than are in the way";
        TearDown();
        thread = {};
    }
}

TEST_F(ServerTest, takes_no_header_of_more_fields_than_it_has_room_for) {
    start({.fields = 10});
    auto const with = [this](int count) {
        std::string text = "GET /echo/a HTTP/1.1\r\nConnection: close\r\n";
        for (int i = 1; i < count; ++i) text += "a:\r\n";
        return ask(text + "\r\n");
    };
    EXPECT_TRUE(with(10).starts_with("HTTP/1.1 200 "));
    auto const answer = with(11);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << answer;
    EXPECT_TRUE(answer.contains("more fields")) << answer;
}

TEST_F(ServerTest, winds_down) {
    start();
    auto const idle = connect();
    auto const busy = connect();
    say(busy, "GET /later HTTP/1.1\r\n\r\n");
    was_kept.get_future().wait();
    std::promise<void> done;
    loop->post([&] { server->wind_down(5s, [&] { done.set_value(); }); });
    EXPECT_EQ(hear(idle), "");
    (*kept)({.type = "text/plain", .body = "bye"});
    EXPECT_TRUE(hear(busy).ends_with("bye"));
    EXPECT_EQ(done.get_future().wait_for(5s), std::future_status::ready);
}

TEST_F(ServerTest, speaks_tls_and_sees_the_clients_key) {
    auto const own = crypto::testing::credential({"localhost"});
    start(
        {},
        *crypto::TlsContext::server(
            own, {.authorities = {}, .any_client_certificate = true, .alpn = {}}
        )
    );
    auto const mine = crypto::testing::credential({"client"});
    auto const context =
        *crypto::TlsContext::client(mine, {.authorities = {}, .alpn = {}, .any_certificate = true});
    auto session = *context.connect("localhost");
    auto const socket = connect();
    auto const carry = [&] {
        say(socket, base::text_of(session.outgoing()));
        session.sent(session.outgoing().size());
    };
    auto const pull = [&] {
        auto const got = ::recv(
            socket.number(), session.incoming_space().data(), session.incoming_space().size(), 0
        );
        got > 0 ? session.received(static_cast<std::size_t>(got)) : session.received_end();
    };
    while (!*session.handshake()) {
        carry();
        pull();
    }
    carry();
    auto const request = base::view_of(
        "GET /echo/a HTTP/1.1\r\n\r\nGET /echo/b HTTP/1.1\r\nConnection: close\r\n\r\n"
    );
    ASSERT_TRUE(session.write(request));
    carry();
    std::string answer;
    std::array<std::byte, 4096> piece{};
    while (true) {
        auto const got = session.read(piece);
        if (got && *got == 0) break; // said so
        if (got)
            answer += base::text_of(std::span{piece}.first(*got));
        else if (got.error() == base::Errno::Again)
            pull();
        else
            FAIL() << os::description(got.error());
    }
    EXPECT_TRUE(answer.contains("GET a   1 key")) << answer;
    EXPECT_TRUE(answer.ends_with("GET b   2 key")) << answer;
}

} // namespace
} // namespace net::server
