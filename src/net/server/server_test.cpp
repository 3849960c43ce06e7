// Requests and their answers.

#include "net/server/server_for_tests.hpp"

namespace net::server {
namespace {

using namespace testing;

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

} // namespace
} // namespace net::server
