#include "net/http_client.hpp"
#include "net/scripted_server_for_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using net::HttpClient;
using net::HttpSettings;
using net::testing::Peer;
using net::testing::ScriptedServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

std::string body_of(net::HttpAnswer const& answer) {
    return std::string{base::text_of(answer.body)};
}

class TextSink : public net::BodySink {
public:
    bool takes(net::HttpHead const& head) override { return head.success(); }
    net::OrTrouble<> piece(base::View bytes) override {
        text += base::text_of(bytes);
        return {};
    }
    std::string text;
};

TEST(HttpClient, KeepsOneConnectionForSeveralRequests) {
    std::vector<std::string> heard;
    ScriptedServer server{[&](Peer& peer) {
        while (true) {
            auto const request = peer.request();
            if (request.empty()) return;
            heard.push_back(request);
            peer.answer("200 OK", "", "answer " + std::to_string(heard.size()));
        }
    }};
    HttpClient client{HttpSettings{}};
    EXPECT_EQ(body_of(*client.ask({.address = server.address(), .target = "/a?b=c"})), "answer 1");
    auto const posted = client.ask(
        {.method = "POST",
         .address = server.address(),
         .target = "/post",
         .headers = {{"Content-Type", "text/plain"}},
         .body = net::RequestBody::of("hello")}
    );
    EXPECT_EQ(body_of(*posted), "answer 2");
    EXPECT_TRUE(client.channel());
    EXPECT_EQ(server.connections(), 1);
    client = HttpClient{HttpSettings{}};
    server.stop();
    ASSERT_EQ(heard.size(), 2);
    EXPECT_THAT(heard[0], HasSubstr("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()));
    EXPECT_THAT(heard[1], HasSubstr("Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
}

TEST(HttpClient, AsksAgainWhereAKeptConnectionWasClosed) {
    ScriptedServer server{[](Peer& peer) {
        if (!peer.request().empty()) peer.answer("200 OK", "", "once");
    }};
    HttpClient client{HttpSettings{}};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(body_of(*client.ask({.address = server.address()})), "once");
    EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, StreamsABodyToASinkAndHoldsThatOfAnError) {
    bool missing = false;
    std::string const big(3 << 20, 'x');
    ScriptedServer server{[&](Peer& peer) {
        peer.request();
        if (missing) return peer.answer("404 Not Found", "", "none");
        peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3; ++i) peer.say("100000\r\n" + big.substr(0, 1 << 20) + "\r\n");
        peer.say("0\r\n\r\n");
    }};
    HttpClient client{{.keep_alive = false}};
    TextSink sink;
    ASSERT_TRUE(client.ask({.address = server.address()}, &sink));
    EXPECT_EQ(sink.text, big);
    missing = true;
    auto const error = client.ask({.address = server.address()}, &sink);
    EXPECT_EQ(body_of(*error), "none");
    EXPECT_EQ(sink.text.size(), big.size());
}

TEST(HttpClient, ReadsNoMoreThanItsLimit) {
    bool chunked = false;
    ScriptedServer server{[&](Peer& peer) {
        peer.request();
        peer.say(
            chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"
        );
        auto const piece = "10000\r\n" + std::string(65536, 'x') + "\r\n";
        for (int i = 0; i < 100; ++i) peer.say(piece);
    }};
    HttpClient client{{.limits = {.sunk = 1000, .in_memory = 500}}};
    for (bool const with_sink : {false, true})
        for (bool const in_chunks : {false, true}) {
            chunked = in_chunks;
            TextSink sink;
            auto const read =
                client.ask({.address = server.address()}, with_sink ? &sink : nullptr);
            ASSERT_FALSE(read);
            EXPECT_EQ(read.error().text, "an answer longer than the limit");
            EXPECT_LE(sink.text.size(), 1000);
        }
}

TEST(HttpClient, TakesNoLongerHeadersThanItsLimit) {
    std::size_t count = 0;
    ScriptedServer server{[&](Peer& peer) {
        peer.request();
        peer.say("HTTP/1.1 200 OK\r\n");
        for (std::size_t i = 0; i < count; ++i) peer.say("X: yyyy\r\n");
        peer.say("Content-Length: 0\r\n\r\n");
    }};
    HttpClient client{{.limits = {.header = 4096}}};
    count = 400;
    EXPECT_TRUE(client.ask({.address = server.address()}));
    for (std::size_t const more : {500U, 20'000U}) {
        count = more;
        auto const read = client.ask({.address = server.address()});
        ASSERT_FALSE(read) << more;
        EXPECT_EQ(read.error().text, "headers longer than the limit");
    }
}

TEST(HttpClient, TakesNoHalfAnswerForAWholeOne) {
    ScriptedServer server{[](Peer& peer) {
        peer.request();
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    }};
    HttpClient client{HttpSettings{}};
    auto const read = client.ask({.address = server.address()});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().text, "an answer that was cut short");
    EXPECT_TRUE(read.error().again);
}

TEST(HttpClient, TakesNoBeginningOfAnAnswerForAWholeOneNorNothingAtAll) {
    std::string const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    std::size_t said = 0;
    ScriptedServer server{[&](Peer& peer) {
        peer.request();
        peer.say(std::string_view{whole}.substr(0, said));
    }};
    for (; said < whole.size(); ++said) {
        HttpClient client{HttpSettings{}};
        auto const read = client.ask({.method = "PUT", .address = server.address()});
        ASSERT_FALSE(read) << said << " bytes are an answer of status " << read->status;
        EXPECT_EQ(read.error().text, "an answer that was cut short") << said;
        EXPECT_TRUE(read.error().again) << said;
    }
    HttpClient client{HttpSettings{}};
    EXPECT_EQ(body_of(*client.ask({.method = "PUT", .address = server.address()})), "hi");
}

TEST(HttpClient, EndsWithAServerThatSaysTooLittle) {
    ScriptedServer server{[](Peer& peer) {
        peer.request();
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < 40; ++i) {
            peer.say("x");
            std::this_thread::sleep_for(milliseconds{20});
        }
    }};
    HttpClient drops{{.patience = {.stall = milliseconds{200}, .least = 100}}};
    auto const begun = net::Clock::now();
    auto const read = drops.ask({.address = server.address()});
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text, HasSubstr("bytes came in"));
    EXPECT_LT(net::Clock::now() - begun, milliseconds{700});
    HttpClient hurried{{.whole = milliseconds{100}}};
    EXPECT_EQ(hurried.ask({.address = server.address()}).error().text, "no answer in time");
}

TEST(HttpClient, HandsOutTheChannelBehindAnUpgrade) {
    ScriptedServer server{[](Peer& peer) {
        auto const request = peer.request();
        if (request.contains("Upgrade: other"))
            return peer.answer("426 Upgrade Required", "", "no");
        peer.say(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            "Upgrade: enarx\r\n\r\nearly"
        );
        std::string text;
        peer.more(text);
        peer.say("heard " + text);
    }};
    HttpClient client{HttpSettings{}};
    auto upgraded = client.upgrade({.address = server.address(), .target = "/keep"}, "enarx");
    ASSERT_TRUE(upgraded) << upgraded.error().text;
    ASSERT_TRUE(upgraded->channel);
    auto& channel = *upgraded->channel;
    std::array<std::byte, 100> bytes{};
    auto const read = [&] {
        return std::string{base::text_of(std::span{bytes}.first(*channel.read(bytes)))};
    };
    EXPECT_EQ(read(), "early");
    EXPECT_FALSE(*channel.read_now(bytes));
    ASSERT_TRUE(channel.write("you"));
    EXPECT_EQ(read(), "heard you");
    EXPECT_EQ(*channel.read(bytes), 0);
    auto const refused = client.upgrade({.address = server.address()}, "other");
    ASSERT_TRUE(refused);
    EXPECT_FALSE(refused->channel);
    EXPECT_EQ(refused->answer.status, 426);
}

TEST(HttpClient, TellsNoOtherServerWhoAsks) {
    std::string first;
    std::string second;
    ScriptedServer other{[&](Peer& peer) {
        second = peer.request();
        peer.answer("200 OK", "", "from there");
    }};
    ScriptedServer server{[&](Peer& peer) {
        first = peer.request();
        peer.answer("307 Temporary", "Location: " + other.address().text() + "/x?y\r\n", "");
    }};
    net::HttpRequest const request{
        .address = server.address(), .headers = {{"Authorization", "Bearer T"}, {"X-Other", "o"}}
    };
    HttpClient stays{HttpSettings{}};
    EXPECT_EQ(stays.ask(request)->status, 307);
    HttpClient follows{{.follow = [](auto const&, auto const&) { return true; }}};
    EXPECT_EQ(body_of(*follows.ask(request)), "from there");
    other.stop();
    EXPECT_THAT(first, HasSubstr("Bearer T"));
    EXPECT_THAT(second, HasSubstr("GET /x?y "));
    EXPECT_THAT(second, HasSubstr("X-Other: o"));
    EXPECT_THAT(second, Not(HasSubstr("Bearer")));
}

TEST(HttpClient, LosesTheWayInNoLoop) {
    ScriptedServer server{[&](Peer& peer) {
        while (!peer.request().empty()) peer.answer("302 Found", "Location: /again\r\n", "");
    }};
    HttpClient client{{.follow = [](auto const&, auto const&) { return true; }}};
    EXPECT_EQ(client.ask({.address = server.address()}).error().text, "redirected too often");
}

TEST(HttpClient, SendsNoHeaderThatTheCallerDidNotMean) {
    HttpClient client{HttpSettings{}};
    auto const here = *net::WebAddress::parse("http://127.0.0.1:1");
    for (auto const& request : std::vector<net::HttpRequest>{
             {.address = here, .target = "/a b"},
             {.address = here, .target = "/a\r\nX: y"},
             {.address = here, .headers = {{"A", "b\r\nX: y"}}},
             {.address = here, .headers = {{"A: b\nX", "y"}}},
         })
        EXPECT_THAT(client.ask(request).error().text, HasSubstr("line break"));
}

TEST(HttpClient, StopsSendingToAServerThatHasAnswered) {
    ScriptedServer server{[&](Peer& peer) {
        std::string head;
        peer.more(head);
        peer.answer("413 Too Large", "Connection: close\r\n", "enough");
        std::this_thread::sleep_for(milliseconds{200});
    }};
    std::uint64_t read = 0;
    net::RequestBody body{
        .size = 1ULL << 40,
        .read = [&](std::uint64_t, std::span<std::byte> out) -> net::OrTrouble<std::size_t> {
            read += out.size();
            return out.size();
        }
    };
    HttpClient client{HttpSettings{}};
    auto const answer =
        client.ask({.method = "PUT", .address = server.address(), .body = std::move(body)});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 413);
    EXPECT_LT(read, 64 << 20);
}

} // namespace
