// HTTP requests: what is whole, what is not yet, and what is refused.

#include "voting/keep/request.hpp"

#include <string>

#include <gtest/gtest.h>

namespace voting {

namespace {

int refusal(std::string_view received) {
    auto const parsed = parse_request(received);
    auto const* bad = std::get_if<BadRequest>(&parsed);
    return bad != nullptr ? bad->status : 0;
}

bool incomplete(std::string_view received) {
    return std::holds_alternative<Incomplete>(parse_request(received));
}

TEST(Request, is_read_with_its_body_and_nothing_of_the_next) {
    auto const parsed =
        parse_request("POST /vote?x=1 HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 3\r\n\r\nabcGET /");
    auto const& request = std::get<Request>(parsed);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/vote");
    EXPECT_EQ(request.query, "x=1");
    EXPECT_EQ(request.body, "abc");
    EXPECT_TRUE(request.keep_alive);
}

TEST(Request, is_waited_for_at_every_cut) {
    std::string const whole = "POST /vote HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
        EXPECT_TRUE(incomplete(whole.substr(0, cut))) << cut;
    EXPECT_TRUE(std::holds_alternative<Request>(parse_request(whole)));
}

TEST(Request, says_when_the_connection_shall_end) {
    auto const closing = parse_request("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n");
    EXPECT_FALSE(std::get<Request>(closing).keep_alive);
    auto const old = parse_request("GET / HTTP/1.0\r\n\r\n");
    EXPECT_FALSE(std::get<Request>(old).keep_alive);
}

TEST(Request, is_refused_where_two_readers_could_see_two_lengths) {
    EXPECT_EQ(
        refusal("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400
    );
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 3x\r\n\r\n"), 400);
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n"), 400);
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length : 3\r\n\r\n"), 400);
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 501);
}

TEST(Request, is_refused_where_it_is_too_large_or_of_another_language) {
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 4097\r\n\r\n"), 413);
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"), 400);
    EXPECT_EQ(refusal(std::string(most_head + 1, 'a')), 431);
    EXPECT_EQ(refusal("GET / HTTP/2\r\n\r\n"), 505);
    EXPECT_EQ(refusal("GET\r\n\r\n"), 400);
    EXPECT_EQ(refusal("GET elsewhere HTTP/1.1\r\n\r\n"), 400);
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\nnonsense\r\n\r\n"), 400);
}

} // namespace

} // namespace voting
