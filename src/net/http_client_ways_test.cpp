// Who the client believes, and how it gets there: TLS, proxies, addresses of redirections.

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

struct Secure {
    crypto::TlsCredential credential = crypto::testing::credential({"127.0.0.1", "localhost"});
    std::vector<std::byte> client_key;
    std::array<std::byte, 32> exported{};
    ScriptedServer server{
        [this](Peer& peer) {
            if (peer.request().empty()) return;
            client_key = peer.tls().peer_public_key();
            (void)peer.tls().export_keys("label", {}, exported);
            peer.answer("200 OK", "", "secret");
        },
        *crypto::TlsContext::server(
            credential, {.authorities = {}, .any_client_certificate = true, .alpn = {}}
        )
    };
};

TEST(HttpClient, BelievesTheServerWhoseAuthorityOrKeyIsNamed) {
    Secure secure;
    auto const ask = [&](net::TlsWish wish) {
        HttpClient client{{.tls = std::move(wish)}};
        return client.ask({.address = secure.server.address()});
    };
    auto const nobody = ask({});
    ASSERT_FALSE(nobody);
    EXPECT_TRUE(nobody.error().untrusted);
    EXPECT_EQ(body_of(*ask({.authorities = {*secure.credential.leaf_pem()}})), "secret");
    EXPECT_EQ(
        body_of(*ask({.server_key = crypto::sha256(secure.credential.public_key())})), "secret"
    );
    auto const another = ask({.server_key = crypto::sha256({})});
    ASSERT_FALSE(another);
    EXPECT_TRUE(another.error().untrusted);
}

TEST(HttpClient, ShowsItsCertificateAndSharesKeysWithTheServerAlone) {
    Secure secure;
    auto const shown =
        std::make_shared<crypto::TlsCredential>(crypto::testing::credential({"client"}));
    HttpClient client{
        {.tls = {.server_key = crypto::sha256(secure.credential.public_key()), .credential = shown}}
    };
    ASSERT_TRUE(client.ask({.address = secure.server.address()}));
    ASSERT_TRUE(client.channel() && client.channel()->tls());
    std::array<std::byte, 32> exported{};
    ASSERT_TRUE(client.channel()->tls()->export_keys("label", {}, exported));
    client = HttpClient{HttpSettings{}};
    secure.server.stop();
    EXPECT_EQ(secure.client_key, shown->public_key());
    EXPECT_EQ(secure.exported, exported);
}

TEST(HttpClient, AsksTheProxyThatTheEnvironmentNames) {
    std::vector<std::string> heard;
    ScriptedServer proxy{[&](Peer& peer) {
        heard.push_back(peer.request());
        if (heard.back().starts_with("CONNECT"))
            peer.answer("403 Forbidden", "", "");
        else
            peer.answer("200 OK", "", "by proxy");
    }};
    net::Environment const environment =
        [&](std::string const& name) -> std::optional<std::string> {
        if (name != "http_proxy" && name != "https_proxy") return {};
        return "http://me:secret@127.0.0.1:" + proxy.port();
    };
    HttpClient client{{.proxies = environment}};
    auto const plain = client.ask(
        {.address = *net::WebAddress::parse("http://host.example:8000"), .target = "/x"}
    );
    ASSERT_TRUE(plain) << plain.error().text;
    EXPECT_EQ(body_of(*plain), "by proxy");
    auto const secure = client.ask({.address = *net::WebAddress::parse("https://host.example")});
    ASSERT_FALSE(secure);
    EXPECT_THAT(secure.error().text, HasSubstr("status 403"));
    proxy.stop();
    EXPECT_THAT(
        heard[0], HasSubstr("GET http://host.example:8000/x HTTP/1.1\r\nHost: host.example:8000")
    );
    EXPECT_THAT(heard[0], HasSubstr("Proxy-Authorization: Basic bWU6c2VjcmV0"));
    EXPECT_THAT(heard[1], HasSubstr("CONNECT host.example:443 HTTP/1.1"));
}

TEST(HttpClient, SpeaksTlsThroughAProxy) {
    Secure secure;
    ScriptedServer proxy{[&](Peer& peer) {
        peer.request();
        auto there = *os::stream_socket(AF_INET);
        (void)os::make_blocking(there.number());
        (void)os::connect(
            there.number(),
            *os::SocketAddress::parse("127.0.0.1", std::uint16_t(std::stoi(secure.server.port())))
        );
        peer.say("HTTP/1.1 200 Connected\r\n\r\n");
        std::thread back{[&] {
            std::array<std::byte, 16 << 10> bytes{};
            while (true) {
                auto const got = os::receive(there.number(), bytes, 0);
                if (!got || *got == 0) return;
                peer.say(base::text_of(std::span{bytes}.first(*got)));
            }
        }};
        for (std::string text; peer.more(text); text.clear())
            (void)os::send(there.number(), base::view_of(text), 0);
        (void)os::shutdown(there.number(), SHUT_RDWR);
        back.join();
    }};
    HttpClient client{
        {.tls = {.server_key = crypto::sha256(secure.credential.public_key())},
         .proxies = [&](std::string const&) { return "127.0.0.1:" + proxy.port(); },
         .keep_alive = false}
    };
    auto address = secure.server.address();
    address.host = "registry.example"; // the proxy knows where that is
    auto const answer = client.ask({.address = address});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(body_of(*answer), "secret");
}

TEST(Location, IsSeenFromItsRequest) {
    auto const from = *net::WebAddress::parse("https://host:1/v2");
    auto const at = [&](std::string const& location) {
        auto const place = net::resolve(from, "/a/b?c=d", location);
        return place ? place->address.text() + ' ' + place->target : "none";
    };
    EXPECT_EQ(at("/x/y?z"), "https://host:1 /x/y?z");
    EXPECT_EQ(at("http://other/x#f"), "http://other /x");
    EXPECT_EQ(at("https://other?q=http://third/"), "https://other /?q=http://third/");
    EXPECT_EQ(at("//other/x"), "https://other /x");
    EXPECT_EQ(at("x"), "https://host:1 /v2/a/x");
    EXPECT_EQ(at("?q"), "https://host:1 /v2/a/b?q");
    EXPECT_EQ(at("ftp://other/x"), "none");
    EXPECT_EQ(at("https://user@other/x"), "none");
}

TEST(Proxy, IsTheOneThatTheEnvironmentNames) {
    std::map<std::string, std::string> variables;
    auto const chosen = [&](std::string const& address) -> std::string {
        auto const proxy = net::proxy_for(
            *net::WebAddress::parse(address),
            [&](std::string const& name) -> std::optional<std::string> {
                auto const found = variables.find(name);
                if (found == variables.end()) return {};
                return found->second;
            }
        );
        if (!proxy) return proxy.error();
        return *proxy ? (*proxy)->host + ':' + (*proxy)->port : "none";
    };
    EXPECT_EQ(chosen("http://a.example"), "none");
    variables = {{"http_proxy", "p1:1"}, {"HTTPS_PROXY", "http://p2:2/"}, {"HTTP_PROXY", "p3:3"}};
    EXPECT_EQ(chosen("http://a.example"), "p1:1");
    EXPECT_EQ(chosen("https://a.example"), "p2:2");
    variables.erase("http_proxy");
    EXPECT_EQ(chosen("http://a.example"), "none");
    variables = {{"all_proxy", "p"}, {"no_proxy", "b.example, .c.example,[2001:db8::1]"}};
    EXPECT_EQ(chosen("http://a.example"), "p:1080");
    EXPECT_EQ(chosen("http://b.example"), "none");
    EXPECT_EQ(chosen("http://x.B.example:80"), "none");
    EXPECT_EQ(chosen("http://xb.example"), "p:1080");
    EXPECT_EQ(chosen("http://c.example"), "none");
    EXPECT_EQ(chosen("http://[2001:db8::1]"), "none");
    for (auto const* const here : {"http://localhost", "http://127.0.0.1:5", "http://[::1]:5"})
        EXPECT_EQ(chosen(here), "none");
    variables["NO_PROXY"] = "*";
    EXPECT_EQ(chosen("http://a.example"), "p:1080") << "the other spelling counts first";
    variables.erase("no_proxy");
    EXPECT_EQ(chosen("http://a.example"), "none");
    variables = {{"all_proxy", "socks5://p:1"}};
    EXPECT_THAT(chosen("http://a.example"), HasSubstr("of a kind that is not spoken"));
}

} // namespace
