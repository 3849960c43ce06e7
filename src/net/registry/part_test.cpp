// Parts of blobs, from registries that give them, that give all or nothing of the kind.

#include "base/hex.hpp"
#include "net/registry/registry.hpp"
#include "net/scripted_server_for_tests.hpp"

#include <gtest/gtest.h>

namespace {

using net::registry::Reference;
using net::registry::Registry;
using net::testing::Peer;
using net::testing::ScriptedServer;
using std::chrono::milliseconds;

std::string const text = "0123456789";
std::string const digest = "sha256:" + base::hex(crypto::sha256(base::view_of(text)));

// A registry that plays a part, and the client that meets it.
struct Meeting {
    std::vector<std::string> heard;
    ScriptedServer server;
    Registry registry;

    explicit Meeting(std::function<void(Peer&, std::string const& request)> const& part)
        : server{[this, part](Peer& peer) {
              auto const request = peer.request();
              if (request.empty()) return;
              heard.push_back(request);
              part(peer, request);
          }},
          registry{
              *Reference::parse("127.0.0.1:" + server.port() + "/a:1", false),
              {.http = {.patience = {.stall = milliseconds{150}}},
               .tries = 3,
               .first_pause = milliseconds{5}},
              false
          } {}

    std::string part(std::uint64_t offset, std::size_t most) {
        auto const got = registry.part(digest, offset, most);
        return got ? std::string{base::text_of(*got)} : std::string{got.error().name};
    }
};

std::string range(std::string_view of) {
    return "Content-Range: bytes " + std::string{of} + "\r\n";
}

TEST(PartOfABlob, IsWhatTheRegistryGivesOfIt) {
    Meeting meeting{[&](Peer& peer, std::string const& request) {
        EXPECT_TRUE(request.contains("Range: bytes=2-5\r\n")) << request;
        peer.answer("206 Partial Content", range("2-5/10"), text.substr(2, 4));
    }};
    EXPECT_EQ(meeting.part(2, 4), "2345");
}

TEST(PartOfABlob, IsShortAtTheEndAndNothingBehindIt) {
    Meeting meeting{[&](Peer& peer, std::string const& request) {
        if (request.contains("bytes=10-"))
            return peer.answer("416 Range Not Satisfiable", range("*/10"), "");
        peer.answer("206 Partial Content", range("8-9/10"), text.substr(8));
    }};
    EXPECT_EQ(meeting.part(8, 100), "89");
    EXPECT_EQ(meeting.part(10, 100), "");
}

TEST(PartOfABlob, IsTakenOutOfTheWholeAndTheRestIsNotWaitedFor) {
    Meeting meeting{[&](Peer& peer, std::string const&) {
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + text);
        std::string more;
        (void)peer.more(more); // nothing more is said, until the other side goes
    }};
    EXPECT_EQ(meeting.part(2, 4), "2345");
    EXPECT_EQ(meeting.heard.size(), 1U);
}

TEST(PartOfABlob, HasNoMoreBytesThanWereAskedFor) {
    Meeting meeting{[&](Peer& peer, std::string const&) {
        peer.answer("206 Partial Content", range("2-9/10"), text.substr(2));
    }};
    EXPECT_EQ(meeting.part(2, 4), "2345");
}

TEST(PartOfABlob, IsNotAnotherPart) {
    for (auto const& headers : {range("3-6/10"), range("20-23/30"), std::string{}}) {
        Meeting meeting{[&](Peer& peer, std::string const&) {
            peer.answer("206 Partial Content", headers, "abcd");
        }};
        EXPECT_EQ(meeting.part(2, 4), "package-damaged");
    }
}

TEST(PartOfABlob, IsAskedForAgainWhereTheConnectionBreaks) {
    Meeting meeting{[&](Peer& peer, std::string const&) {
        if (meeting.heard.size() < 3)
            return peer.say(
                "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n" + range("2-5/10") + "\r\nxy"
            );
        peer.answer("206 Partial Content", range("2-5/10"), text.substr(2, 4));
    }};
    // The first failure is one of a registry that has never answered.
    EXPECT_EQ(meeting.part(2, 4), "registry-unreachable");
    meeting.heard.clear();
    meeting.heard.resize(2);
    EXPECT_EQ(meeting.part(2, 4), "2345");
}

TEST(PartOfABlob, ThatIsNotThereHasItsName) {
    Meeting meeting{[](Peer& peer, std::string const&) { peer.answer("404 Not Found", "", ""); }};
    EXPECT_EQ(meeting.part(0, 4), "package-missing");
    Meeting closed{[](Peer& peer, std::string const&) { peer.answer("403 Forbidden", "", ""); }};
    EXPECT_EQ(closed.part(0, 4), "registry-denied");
}

} // namespace
