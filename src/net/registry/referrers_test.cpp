#include "base/hex.hpp"
#include "net/registry/registry.hpp"
#include "net/scripted_server_for_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using net::registry::Reference;
using net::registry::Registry;
using net::testing::Peer;
using net::testing::ScriptedServer;
using ::testing::HasSubstr;

std::string digest_of(std::string_view text) {
    return "sha256:" + base::hex(crypto::sha256(base::view_of(text)));
}

std::string entry(std::string_view of, std::string const& type = "kind") {
    return R"({"mediaType":"m","digest":")" + digest_of(of) + R"(","size":7,"artifactType":")" +
           type + "\"}";
}

std::string index_of(std::string const& entries) {
    return R"({"schemaVersion":2,"manifests":[)" + entries + "]}";
}

// A registry that plays a part, and what it was told.
struct Meeting {
    std::vector<std::string> heard;
    ScriptedServer server;
    Registry registry;

    explicit Meeting(std::function<void(Peer&, std::string const& request)> const& part)
        : server{[this, part](Peer& peer) {
              while (true) {
                  auto const request = peer.request();
                  if (request.empty()) return;
                  heard.push_back(request);
                  part(peer, request);
              }
          }},
          registry{*Reference::parse("127.0.0.1:" + server.port() + "/a:1", false), {}, true} {}

    std::vector<std::string> found() {
        auto const list = registry.referrers(digest_of("x"));
        EXPECT_TRUE(list) << list.error().text;
        std::vector<std::string> out;
        if (list)
            for (auto const& each : *list) out.push_back(each.digest);
        return out;
    }
};

void nothing(Peer& peer) { peer.answer("404 Not Found", "", ""); }

TEST(Referrers, AreListedByTheApiOrByATag) {
    bool has_api = true;
    Meeting meeting{[&](Peer& peer, std::string const& request) {
        bool const by_tag = request.contains("/manifests/sha256-");
        if (by_tag ? has_api : !has_api) return nothing(peer);
        peer.answer("200 OK", "", index_of(entry(by_tag ? "tag" : "api")));
    }};
    EXPECT_EQ(meeting.found(), std::vector{digest_of("api")});
    has_api = false;
    EXPECT_EQ(meeting.found(), std::vector{digest_of("tag")});
}

TEST(Referrers, AreReadToTheLastPageAndNoFurtherThanThisRegistry) {
    std::string next = "</v2/a/referrers/more?last=1>; rel=\"next\"";
    Meeting meeting{[&](Peer& peer, std::string const& request) {
        if (request.contains("last=1")) return peer.answer("200 OK", "", index_of(entry("two")));
        peer.answer("200 OK", "Link: " + next + "\r\n", index_of(entry("one")));
    }};
    EXPECT_EQ(meeting.found(), (std::vector{digest_of("one"), digest_of("two")}));
    next = "<http://elsewhere.example/v2/>; rel=\"next\"";
    EXPECT_EQ(meeting.registry.referrers(digest_of("x")).error().name, "package-damaged");
    next = "</v2/a/referrers/for-ever>; rel=\"next\"";
    EXPECT_EQ(meeting.found().size(), 16U);
}

TEST(Referrers, OfAnotherFormAreNone) {
    std::string text;
    Meeting meeting{[&](Peer& peer, std::string const&) { peer.answer("200 OK", "", text); }};
    for (auto const* const each : {"", "[]", R"({"manifests":{}})", R"({"manifests":7})"}) {
        text = each;
        EXPECT_EQ(meeting.registry.referrers(digest_of("x")).error().name, "package-damaged");
    }
    text = index_of(entry("good") + R"(,{"digest":"sha256:no","size":1},{"digest":7})");
    EXPECT_EQ(meeting.found(), std::vector{digest_of("good")});
}

struct Attaching {
    std::string index; // under the tag; empty: none
    bool keeps_lists = false;
    Meeting meeting{[this](Peer& peer, std::string const& request) {
        bool const tag = request.contains("/manifests/sha256-");
        if (request.starts_with("PUT")) {
            if (tag) index = request.substr(request.find("\r\n\r\n") + 4);
            return peer.answer("201 Created", keeps_lists ? "OCI-Subject: x\r\n" : "", "");
        }
        if (tag && !index.empty()) return peer.answer("200 OK", "", index);
        nothing(peer);
    }};
    bool attach(std::string const& manifest) {
        return meeting.registry
            .attach(
                digest_of("x"),
                {.manifest = manifest, .artifact_type = "kind", .annotations = {{"a", "b"}}}
            )
            .has_value();
    }
};

TEST(Attaching, KeepsTheListWhereTheRegistryDoesNot) {
    Attaching world;
    ASSERT_TRUE(world.attach("one") && world.attach("two") && world.attach("one"));
    EXPECT_EQ(world.meeting.found(), (std::vector{digest_of("one"), digest_of("two")}));
    EXPECT_THAT(world.index, HasSubstr(R"("artifactType":"kind")"));
    EXPECT_THAT(world.index, HasSubstr(R"("annotations":{"a":"b"})"));
}

TEST(Attaching, LeavesTheListToARegistryThatKeepsIt) {
    Attaching world;
    world.keeps_lists = true;
    ASSERT_TRUE(world.attach("one"));
    EXPECT_EQ(world.index, "");
    EXPECT_EQ(world.meeting.heard.size(), 1U);
}

TEST(Attaching, OverwritesNothingThatIsNoList) {
    Attaching world;
    world.index = R"({"layers":[]})";
    EXPECT_FALSE(world.attach("one"));
    EXPECT_EQ(world.index, R"({"layers":[]})");
}

} // namespace
