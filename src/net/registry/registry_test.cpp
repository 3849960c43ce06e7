#include "base/hex.hpp"
#include "net/registry/challenge.hpp"
#include "net/registry/credentials.hpp"
#include "net/registry/registry.hpp"
#include "net/scripted_server_for_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using net::registry::Blob;
using net::registry::Reference;
using net::registry::Registry;
using net::registry::RegistrySettings;
using net::testing::Peer;
using net::testing::ScriptedServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

std::string digest_of(std::string_view text) {
    return "sha256:" + base::hex(crypto::sha256(base::view_of(text)));
}

// A registry that plays a part, and the client that meets it.
struct Meeting {
    std::vector<std::string> heard;
    ScriptedServer server;
    std::optional<Registry> registry;
    std::string came;
    std::vector<std::uint64_t> offsets;

    explicit Meeting(
        std::function<void(Peer&, std::string const& request, std::size_t number)> const& part,
        std::optional<std::string> credentials = {},
        bool push = false
    )
        : server{[this, part](Peer& peer) {
              while (true) {
                  auto const request = peer.request();
                  if (request.empty()) return;
                  heard.push_back(request);
                  part(peer, request, heard.size());
                  if (closes) return;
              }
          }} {
        auto const reference =
            *Reference::parse("127.0.0.1:" + server.port() + "/shop/api:1", false);
        RegistrySettings settings{
            .http = {.patience = {.stall = milliseconds{150}, .least = 50}},
            .credentials = std::move(credentials),
            .tries = 3,
            .first_pause = milliseconds{5},
            .longest_pause = milliseconds{2000}
        };
        registry.emplace(reference, settings, push);
    }
    os::OrFailure<void> fetch(Blob const& blob) {
        return registry->blob(blob, [&](std::uint64_t offset, base::View bytes) {
            offsets.push_back(offset);
            EXPECT_EQ(offset, came.size());
            came += base::text_of(bytes);
            return os::OrFailure<void>{};
        });
    }
    void end() {
        registry.reset();
        server.stop();
    }
    std::atomic<bool> closes = false;
};

std::string const million(1'000'000, 'x');
Blob const wanted{.digest = digest_of(million), .size = million.size()};

TEST(Reference, NamesHostRepositoryTagAndDigest) {
    auto const digest = digest_of("");
    auto const full = Reference::parse("registry.example:5000/shop/api:1.4@" + digest, false);
    ASSERT_TRUE(full);
    EXPECT_EQ(full->server.text(), "https://registry.example:5000");
    EXPECT_EQ(full->repository, "shop/api");
    EXPECT_EQ(full->tag, "1.4");
    EXPECT_EQ(full->wanted(), digest);
    EXPECT_EQ(full->text(), "registry.example:5000/shop/api:1.4@" + digest);
    EXPECT_EQ(Reference::parse("registry.example/a", false)->wanted(), "latest");
    EXPECT_EQ(Reference::parse("registry.example/a@" + digest, false)->tag, "");
    EXPECT_FALSE(Reference::parse("localhost:5000/a", false)->server.tls);
    EXPECT_FALSE(Reference::parse("[::1]:5000/a", false)->server.tls);
    EXPECT_FALSE(Reference::parse("registry.example/a", true)->server.tls);
    EXPECT_TRUE(Reference::parse("registry.example/a", false)->server.tls);
}

TEST(Reference, OfAnyOtherFormIsRefused) {
    for (auto const* const text :
         {"",
          "a",
          "shop/api",
          "https://registry.example/a",
          "registry.example/",
          "registry.example/A",
          "registry.example/a//b",
          "registry.example/a/../b",
          "registry.example/a..b",
          "registry.example/a?b",
          "registry.example/a b",
          "registry.example/a:",
          "registry.example/a:.b",
          "registry.example/a@sha256:12",
          "registry.example/a@md5:00",
          "user@registry.example/a",
          "registry.example:x/a"})
        EXPECT_FALSE(Reference::parse(text, false)) << text;
}

TEST(Challenges, AreReadAsRegistriesWriteThem) {
    auto const read = net::registry::parse_challenges(
        R"(Basic realm="a, b", Bearer realm="https://auth.example/token",service=reg, scope="repository:a:pull,push")"
    );
    ASSERT_EQ(read.size(), 2);
    EXPECT_EQ(read[0].scheme, "basic");
    EXPECT_EQ(read[0].parameters.at("realm"), "a, b");
    EXPECT_EQ(read[1].scheme, "bearer");
    EXPECT_EQ(read[1].parameters.at("service"), "reg");
    EXPECT_EQ(read[1].parameters.at("scope"), "repository:a:pull,push");
    for (auto const* const text : {"", "=", "\"", "a=\"b", ",,,", "Bearer \"x\"=y", "\\"})
        (void)net::registry::parse_challenges(text);
}

TEST(Credentials, AreThoseOfTheLongestNameThatFits) {
    auto const file = base::view_of(
        R"({"auths":{"https://registry.example/v1/":{"auth":"YTox"},"registry.example/shop":{"auth":"Yjoy"},)"
        R"("registry.example:5000":{"auth":"Yzoz"},"empty.example":{},"bad.example":{"auth":"?"}}})"
    );
    using net::registry::credentials_in;
    EXPECT_EQ(credentials_in(file, "registry.example", "other"), "a:1");
    EXPECT_EQ(credentials_in(file, "registry.example", "shop/api"), "b:2");
    EXPECT_EQ(credentials_in(file, "registry.example", "shopping"), "a:1");
    EXPECT_EQ(credentials_in(file, "registry.example:5000", "shop"), "c:3");
    for (auto const* const host : {"example", "registry.exampl", "empty.example", "bad.example"})
        EXPECT_FALSE(credentials_in(file, host, "shop")) << host;
    for (auto const* const text : {"", "[]", "{", R"({"auths":[]})", R"({"auths":{"a":1}})"})
        EXPECT_FALSE(credentials_in(base::view_of(text), "a", "b")) << text;
}

TEST(Registry, GivesABlobThatIsWhatItsDigestSays) {
    Meeting meeting{[](Peer& peer, auto&, auto) { peer.answer("200 OK", "", million); }};
    ASSERT_TRUE(meeting.fetch(wanted));
    EXPECT_EQ(meeting.came, million);
    meeting.came.clear();
    auto const other = meeting.fetch({.digest = digest_of("other"), .size = million.size()});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().name, "package-damaged");
    meeting.end();
    EXPECT_THAT(meeting.heard[0], HasSubstr("GET /v2/shop/api/blobs/" + wanted.digest + " "));
}

TEST(Registry, IsAskedForTheRestWhereTheConnectionBreaks) {
    Meeting meeting{[](Peer& peer, std::string const& request, std::size_t number) {
        if (number == 1)
            peer.say(
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + million.substr(0, 600'000)
            );
        else if (number == 2 && request.contains("Range: bytes=600000-\r\n"))
            peer.say(
                "HTTP/1.1 206 Partial\r\nContent-Range: bytes 600000-999999/1000000\r\n"
                "Content-Length: 400000\r\n\r\n" +
                million.substr(0, 100'000)
            );
        else // this one knows no ranges
            peer.answer("200 OK", "", million);
    }};
    meeting.closes = true;
    auto const fetched = meeting.fetch(wanted);
    ASSERT_TRUE(fetched) << fetched.error().text;
    EXPECT_EQ(meeting.came, million);
    meeting.end();
    EXPECT_EQ(meeting.heard.size(), 3);
    EXPECT_THAT(meeting.heard[2], HasSubstr("Range: bytes=700000-\r\n"));
}

TEST(Registry, IsNotBelievedTheRangeThatItGives) {
    Meeting meeting{[](Peer& peer, auto&, std::size_t number) {
        if (number == 1)
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + million.substr(0, 10));
        else
            peer.answer(
                "206 Partial", "Content-Range: bytes 5-999999/1000000\r\n", million.substr(5)
            );
    }};
    meeting.closes = true;
    auto const fetched = meeting.fetch(wanted);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().name, "registry-unreachable");
    EXPECT_EQ(meeting.came.size(), 10);
}

TEST(Registry, IsReadNoFurtherThanTheDeclaredSize) {
    for (bool const chunked : {false, true}) {
        Meeting meeting{[chunked](Peer& peer, auto&, auto) {
            peer.say(
                chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"
            );
            auto const piece = "f4240\r\n" + million + "\r\n";
            for (int i = 0; i < 50; ++i) peer.say(piece);
        }};
        meeting.closes = true;
        auto const fetched = meeting.fetch(wanted);
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().name, "package-damaged");
        EXPECT_LE(meeting.came.size(), million.size());
    }
}

TEST(Registry, ThatGivesAByteNowAndThenIsGivenUp) {
    Meeting meeting{[](Peer& peer, auto&, auto) {
        peer.say("HTTP/1.1 206 Partial\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 30; ++i) {
            peer.say("x");
            std::this_thread::sleep_for(milliseconds{20});
        }
    }};
    meeting.closes = true;
    auto const begun = net::Clock::now();
    auto const fetched = meeting.fetch(wanted);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().name, "registry-unreachable");
    EXPECT_LT(net::Clock::now() - begun, milliseconds{4000});
}

TEST(Registry, MaySendElsewhereAndTellsNoTokenThere) {
    std::string there;
    ScriptedServer storage{[&](Peer& peer) {
        there = peer.request();
        peer.answer("200 OK", "", million);
    }};
    auto const place = storage.address().text();
    Meeting meeting{
        [place](Peer& peer, std::string const& request, auto) {
            if (!request.contains("Authorization: Basic dTpw"))
                return peer.answer("401 No", "WWW-Authenticate: Basic realm=\"x\"\r\n", "");
            peer.answer("307 Temporary Redirect", "Location: " + place + "/bytes?signed=1\r\n", "");
        },
        "u:p"
    };
    ASSERT_TRUE(meeting.fetch(wanted));
    storage.stop();
    EXPECT_THAT(there, HasSubstr("GET /bytes?signed=1 "));
    EXPECT_THAT(there, Not(HasSubstr("Authorization")));
}

TEST(Registry, IsShownATokenOfTheServiceThatItNames) {
    std::vector<std::string> asked;
    ScriptedServer service{[&](Peer& peer) {
        asked.push_back(peer.request());
        peer.answer("200 OK", "", R"({"token":"T1","expires_in":60})");
    }};
    auto const realm = service.address().text() + "/token";
    Meeting meeting{
        [realm](Peer& peer, std::string const& request, auto) {
            if (!request.contains("Authorization: Bearer T1\r\n"))
                return peer.answer(
                    "401 No",
                    "WWW-Authenticate: Bearer realm=\"" + realm + "\",service=\"reg x\"\r\n",
                    ""
                );
            if (request.starts_with("HEAD"))
                return peer.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            peer.answer("200 OK", "", million);
        },
        "u:p",
        true
    };
    EXPECT_TRUE(*meeting.registry->has(wanted));
    ASSERT_TRUE(meeting.fetch(wanted));
    service.stop();
    ASSERT_EQ(asked.size(), 1) << "the token is kept";
    EXPECT_THAT(
        asked[0], HasSubstr("GET /token?service=reg%20x&scope=repository:shop/api:pull,push ")
    );
    EXPECT_THAT(asked[0], HasSubstr("Authorization: Basic dTpw"));
    meeting.end();
    EXPECT_EQ(meeting.heard.size(), 3);
}

TEST(Registry, ThatDoesNotBelieveUsIsAskedTwiceAndNoMore) {
    Meeting meeting{
        [](Peer& peer, auto&, auto) {
            peer.answer(
                "401 No",
                "WWW-Authenticate: Basic realm=\"x\"\r\n",
                R"({"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]})"
            );
        },
        "u:wrong"
    };
    auto const fetched = meeting.fetch(wanted);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().name, "registry-denied");
    EXPECT_THAT(fetched.error().text, HasSubstr("who are you?"));
    meeting.end();
    EXPECT_EQ(meeting.heard.size(), 2);
}

TEST(Registry, IsAskedAgainWhenItSaysSo) {
    Meeting meeting{[](Peer& peer, auto&, std::size_t number) {
        if (number == 1) return peer.answer("429 Too Many Requests", "Retry-After: 1\r\n", "");
        if (number == 2) return peer.answer("503 Busy", "", "");
        peer.answer("200 OK", "", million);
    }};
    auto const begun = net::Clock::now();
    auto const fetched = meeting.fetch(wanted);
    ASSERT_TRUE(fetched) << fetched.error().text;
    EXPECT_GE(net::Clock::now() - begun, milliseconds{1000});
    EXPECT_EQ(meeting.came, million);
}

TEST(Registry, ThatStaysBusyIsGivenUp) {
    Meeting meeting{[](Peer& peer, auto&, auto) { peer.answer("503 Busy", "", ""); }};
    EXPECT_EQ(meeting.fetch(wanted).error().name, "registry-unreachable");
    EXPECT_EQ(meeting.registry->manifest("1").error().name, "registry-unreachable");
    meeting.end();
    EXPECT_EQ(meeting.heard.size(), 6);
}

TEST(Registry, GivesManifestsThatAreWhatWasAskedFor) {
    std::string const text = R"({"schemaVersion":2})";
    std::string headers;
    Meeting meeting{[&](Peer& peer, std::string const& request, auto) {
        if (request.contains("/none")) return peer.answer("404 Not Found", "", "");
        peer.answer("200 OK", headers, text);
    }};
    EXPECT_EQ(meeting.registry->manifest("1")->digest, digest_of(text));
    EXPECT_TRUE(meeting.registry->manifest(digest_of(text)));
    EXPECT_EQ(meeting.registry->manifest(digest_of("")).error().name, "package-damaged");
    EXPECT_EQ(meeting.registry->manifest("none").error().name, "package-missing");
    headers = "Docker-Content-Digest: " + digest_of("") + "\r\n";
    EXPECT_EQ(meeting.registry->manifest("1").error().name, "package-damaged");
}

TEST(Registry, TakesABlobInChunksWhereItTakesNoOther) {
    std::string const big(20U << 20, 'y');
    std::string taken;
    Meeting meeting{[&](Peer& peer, std::string const& request, auto) {
        auto const body = request.substr(request.find("\r\n\r\n") + 4);
        if (request.starts_with("POST"))
            return peer.answer("202 Accepted", "Location: /up/1?state=a\r\n", "");
        if (request.starts_with("PUT /up/1")) return peer.answer("413 Too Large", "", "");
        if (request.starts_with("PATCH")) {
            EXPECT_THAT(
                request.substr(0, 1000),
                HasSubstr("Content-Range: " + std::to_string(taken.size()) + '-')
            );
            taken += body;
            return peer.answer("202 Accepted", "Location: /up/2?state=b\r\n", "");
        }
        EXPECT_THAT(request, HasSubstr("PUT /up/2?state=b&digest=sha256:"));
        peer.answer("201 Created", "", "");
    }};
    auto const uploaded = meeting.registry->upload(
        {.digest = digest_of(big), .size = big.size()}, net::RequestBody::of(big)
    );
    ASSERT_TRUE(uploaded) << uploaded.error().text;
    EXPECT_TRUE(taken == big);
}

} // namespace
