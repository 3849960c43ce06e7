#include "crypto/tls_pair_for_tests.hpp"
#include "net/server/server.hpp"
#include "os/socket.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace {

using namespace net::server;
using namespace std::chrono_literals;

// Remembers what came of a body.
struct Store {
    std::string text;
    bool ended = false;
    int open = 0;
};

class ToStore : public Sink {
public:
    explicit ToStore(Store& store) : store_{store} { ++store_.open; }
    ~ToStore() override { --store_.open; }
    std::optional<Response> write(base::View piece) override {
        store_.text += base::text_of(piece);
        if (store_.text.contains("stop")) return problem(422, "request-invalid", "stop it");
        return {};
    }
    void end(Answer answer) override {
        store_.ended = true;
        answer({.status = 201, .type = "", .body = ""});
    }

private:
    Store& store_;
};

class ServerTest : public testing::Test {
protected:
    std::unique_ptr<Loop> loop = *Loop::create();
    std::optional<Server> server;
    std::thread thread;
    std::uint16_t port = 0;
    Store store;
    std::optional<Answer> kept;
    std::promise<void> was_kept;
    os::Fd far; // the other end of a tunnel

    Response echo(Request const& request, Client& client) {
        auto& count = client.slot();
        count = count.has_value() ? std::any_cast<int>(count) + 1 : 1;
        return {
            .type = "text/plain",
            .body = request.method + ' ' + std::string{request.part("name")} + ' ' + request.query +
                    ' ' + std::string{request.text()} + ' ' +
                    std::to_string(std::any_cast<int>(count)) +
                    (client.public_key().empty() ? "" : " key")
        };
    }

    Router router() {
        Router out;
        auto const plain = [this](Request const& request, Client& client) {
            return echo(request, client);
        };
        out.add({.method = "GET", .pattern = "/echo/{name}", .handler = plain});
        out.add({.method = "POST", .pattern = "/echo/{name}", .handler = plain, .body = 1000});
        out.add(
            {.method = "PUT",
             .pattern = "/store",
             .handler = OpenSink{[this](auto const&, auto&, auto) {
                 return std::make_unique<ToStore>(store);
             }},
             .body = 10 << 20}
        );
        out.add(
            {.method = "PUT",
             .pattern = "/closed",
             .handler = plain,
             .body = 10 << 20,
             .guard = [](auto const&, auto&) {
                 return problem(401, "request-invalid", "who are you?");
             }}
        );
        out.add(
            {.method = "GET",
             .pattern = "/later",
             .handler = Later{[this](Request const&, auto&, Answer a) {
                 kept.emplace(std::move(a));
                 was_kept.set_value();
             }}}
        );
        out.add(
            {.method = "GET",
             .pattern = "/never",
             .handler = Later{[](Request const&, auto&, auto) {}}}
        );
        out.add(
            {.method = "GET",
             .pattern = "/tunnel",
             .handler = [this](Request const&, Client&) -> Response {
                 std::array<int, 2> ends{};
                 (void)::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
                 far = os::Fd{ends[0]};
                 return {
                     .status = 101, .tunnel = Tunnel{.protocol = "test", .socket = os::Fd{ends[1]}}
                 };
             }}
        );
        return out;
    }

    void start(Limits limits = {}, std::optional<crypto::TlsContext> tls = {}) {
        server.emplace(*loop, router(), limits);
        auto const where =
            server->listen(*os::SocketAddress::parse("127.0.0.1", 0), std::move(tls));
        ASSERT_TRUE(where) << where.error().text;
        port = where->port();
        thread = std::thread{[this] { ASSERT_TRUE(loop->run()); }};
    }

    void TearDown() override {
        if (!thread.joinable()) return;
        loop->stop();
        thread.join();
    }

    os::Fd connect() const {
        os::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto const address = *os::SocketAddress::parse("127.0.0.1", port);
        EXPECT_EQ(::connect(socket.number(), address.data(), address.size()), 0);
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return socket;
    }

    static void say(os::Fd const& socket, std::string_view text) {
        while (!text.empty()) {
            auto const sent = ::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent < 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // All until the end, or until what is expected is there.
    static std::string hear(os::Fd const& socket, std::string_view until = {}) {
        std::string out;
        std::array<char, 4096> piece{};
        while (until.empty() || !out.contains(until)) {
            auto const got = ::recv(socket.number(), piece.data(), piece.size(), 0);
            if (got <= 0) break;
            out.append(piece.data(), static_cast<std::size_t>(got));
        }
        return out;
    }

    std::string ask(std::string_view text) const {
        auto const socket = connect();
        say(socket, text);
        return hear(socket);
    }
};

std::string body_of(std::string const& answer) {
    auto const end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no end of header: " + answer : answer.substr(end + 4);
}

TEST_F(ServerTest, answers_a_get) {
    start();
    auto const answer = ask("GET /echo/a%62c?x=1 HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_EQ(body_of(answer), "GET abc x=1  1");
}

TEST_F(ServerTest, answers_a_head_without_body) {
    start();
    auto const answer = ask("HEAD /echo/abc HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.contains("Content-Length: 12\r\n")) << answer;
    EXPECT_EQ(body_of(answer), "");
}

TEST_F(ServerTest, keeps_the_connection_and_its_slot_through_pipelined_requests) {
    start();
    auto const answer =
        ask("GET /echo/a HTTP/1.1\r\n\r\nPOST /echo/b HTTP/1.1\r\nContent-Length: "
            "3\r\n\r\nxyzGET /echo/c HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.contains("GET a   1")) << answer;
    EXPECT_TRUE(answer.contains("POST b  xyz 2")) << answer;
    EXPECT_TRUE(answer.ends_with("GET c   3")) << answer;
}

TEST_F(ServerTest, takes_a_thousand_pipelined_requests) {
    start();
    std::string all;
    for (int i = 0; i < 999; ++i) all += "GET /echo/a HTTP/1.1\r\n\r\n";
    auto const answer = ask(all + "GET /echo/z HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("GET z   1000"));
}

TEST_F(ServerTest, takes_a_chunked_body) {
    start();
    auto const answer =
        ask("POST /echo/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: "
            "close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(body_of(answer), "POST a  abcde 1");
}

TEST_F(ServerTest, refuses_what_is_longer_than_the_route_takes) {
    start();
    auto const told = ask("POST /echo/a HTTP/1.1\r\nContent-Length: 1001\r\n\r\n");
    EXPECT_TRUE(told.starts_with("HTTP/1.1 413 ")) << told;
    auto const chunked =
        ask("POST /echo/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
            std::string(1001, 'x'));
    EXPECT_TRUE(chunked.starts_with("HTTP/1.1 413 ")) << chunked;
    EXPECT_TRUE(chunked.contains("application/problem+json"));
    EXPECT_TRUE(chunked.contains("urn:enarx:failure:request-invalid"));
}

TEST_F(ServerTest, refuses_long_headers_and_what_is_no_request) {
    start();
    auto const line = "GET /echo/a HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n";
    EXPECT_TRUE(ask(line).starts_with("HTTP/1.1 431 "));
    EXPECT_TRUE(ask("hello there\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("GET echo HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("GET /echo/%0 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("GET /echo/%00 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("POST /echo/a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
                    .starts_with("HTTP/1.1 400 "));
}

TEST_F(ServerTest, tells_unknown_paths_from_unknown_methods) {
    start();
    EXPECT_TRUE(ask("GET /nothing HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(ask("GET /echo/ HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    auto const answer = ask("DELETE /echo/a HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 ")) << answer;
    EXPECT_TRUE(answer.contains("Allow: GET, POST\r\n")) << answer;
}

TEST_F(ServerTest, streams_a_body_to_its_sink) {
    start();
    std::string const body(3'000'000, 'b');
    auto const answer =
        ask("PUT /store HTTP/1.1\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" + body);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 ")) << answer;
    TearDown();
    EXPECT_EQ(store.text.size(), body.size());
    EXPECT_TRUE(store.ended);
    EXPECT_EQ(store.open, 0);
}

TEST_F(ServerTest, leaves_a_sink_whose_body_is_cut_short) {
    start();
    {
        auto const socket = connect();
        say(socket, "PUT /store HTTP/1.1\r\nContent-Length: 3000\r\n\r\nabc");
        ::shutdown(socket.number(), SHUT_WR);
        EXPECT_EQ(hear(socket), "");
    }
    TearDown();
    EXPECT_FALSE(store.ended);
    EXPECT_EQ(store.open, 0);
}

TEST_F(ServerTest, shows_the_refusal_of_a_sink_to_a_client_that_is_still_sending) {
    start();
    auto const answer =
        ask("PUT /store HTTP/1.1\r\nContent-Length: 9000000\r\n\r\nstop" +
            std::string(4 << 20, 'x'));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 422 ")) << answer.substr(0, 100);
}

TEST_F(ServerTest, refuses_by_its_guard_before_the_body) {
    start();
    auto const answer = ask("PUT /closed HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer;
}

TEST_F(ServerTest, lets_a_client_wait_for_continue) {
    start();
    auto const socket = connect();
    say(socket, "POST /echo/a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(hear(socket, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    say(socket, "hi");
    EXPECT_TRUE(hear(socket, "hi").contains("200 OK"));
}

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

TEST_F(ServerTest, refuses_more_bodies_than_its_memory_takes) {
    start({.bodies = 100});
    auto const answer =
        ask("POST /echo/a HTTP/1.1\r\nContent-Length: 200\r\n\r\n" + std::string(101, 'x'));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_EQ(
        body_of(
            ask("POST /echo/a HTTP/1.1\r\nContent-Length: 2\r\nConnection: "
                "close\r\n\r\nab")
        ),
        "POST a  ab 1"
    );
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
