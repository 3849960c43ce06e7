#include "crypto/tls_pair_for_tests.hpp"
#include "net/frames.hpp"

#include <gtest/gtest.h>

namespace {

namespace wire = protocol::provision;
using wire::FrameType;
using wire::Trust;
using Bytes = std::vector<std::byte>;

struct Talk {
    crypto::TlsContext server;
    crypto::TlsContext client;
    crypto::testing::TlsPair ends;
    net::FrameReader reader;

    Talk()
        : server{*crypto::TlsContext::server(crypto::testing::credential({"keep"}), {})},
          client{*crypto::TlsContext::client(
              crypto::testing::credential({"tenant"}),
              {.authorities = {}, .alpn = {}, .any_certificate = true}
          )},
          ends{.client = *client.connect("keep"), .server = *server.accept()} {
        EXPECT_TRUE(ends.handshake());
    }
    void carry() { crypto::testing::TlsPair::carry(ends.client, ends.server); }
    void raw(Bytes const& bytes) {
        EXPECT_TRUE(ends.client.write(bytes));
        carry();
    }
    auto next(Trust trust) { return reader.next(ends.server, trust); }
};

Bytes filled(std::size_t size) {
    Bytes out;
    out.assign(size, std::byte{7});
    return out;
}

TEST(Frames, ComeWholeAndInOrderHoweverTheirBytesAreCut) {
    Talk talk;
    Bytes all;
    for (auto const* const text : {"one", "two", "three"}) {
        auto const frame = wire::encode_frame(FrameType::Refuse, wire::encode_text(text));
        all.insert(all.end(), frame.begin(), frame.end());
    }
    std::vector<std::string> seen;
    for (auto const byte : all) {
        talk.raw({byte});
        while (true) {
            auto const frame = talk.next(Trust::None);
            ASSERT_TRUE(frame) << frame.error().rule;
            if (!*frame) break;
            seen.emplace_back(*wire::decode_text((*frame)->body, 64));
        }
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(Frames, OfAMegabyteComeOnlyAfterAcceptance) {
    auto const body = wire::encode(
        wire::Blob{.digest = filled(32), .offset = 0, .bytes = filled(wire::largest_blob_part)}
    );
    for (auto const trust : {Trust::None, Trust::Accepted}) {
        Talk talk;
        ASSERT_TRUE(net::put_frame(talk.ends.client, FrameType::Blob, body));
        talk.carry();
        auto const frame = talk.next(trust);
        if (trust == Trust::Accepted) {
            ASSERT_TRUE(frame && *frame);
            EXPECT_EQ(wire::decode_blob((*frame)->body)->bytes.size(), wire::largest_blob_part);
        } else {
            ASSERT_FALSE(frame);
            EXPECT_EQ(frame.error().rule, "frame.length");
        }
    }
}

TEST(Frames, EndInOrderOnlyBetweenTwo) {
    auto const frame = wire::encode_frame(FrameType::Refuse, wire::encode_text("one"));
    for (std::size_t cut = 0; cut < frame.size(); ++cut) {
        Talk talk;
        if (cut > 0) talk.raw({frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(cut)});
        talk.ends.client.close();
        talk.carry();
        auto const got = talk.next(Trust::None);
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().orderly, cut == 0) << cut;
    }
    Talk talk;
    talk.ends.server.received_end();
    auto const got = talk.next(Trust::None);
    ASSERT_FALSE(got);
    EXPECT_FALSE(got.error().orderly);
}

TEST(Frames, ThatAreNoneAreRefusedByRule) {
    Talk talk;
    talk.raw({std::byte{0}, std::byte{0}, std::byte{0}, std::byte{2}, std::byte{1}, std::byte{2}});
    auto const got = talk.next(Trust::None);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().rule, "frame.form");
}

TEST(Frames, AClientShowsItsKeyToAServerThatTakesAnyCertificate) {
    auto const credential = crypto::testing::credential({"tenant"});
    for (bool const asked : {true, false}) {
        auto const server = *crypto::TlsContext::server(
            crypto::testing::credential({"keep"}),
            {.authorities = {}, .any_client_certificate = asked, .alpn = {}}
        );
        auto const client = *crypto::TlsContext::client(
            credential, {.authorities = {}, .alpn = {}, .any_certificate = true}
        );
        crypto::testing::TlsPair ends{
            .client = *client.connect("keep"), .server = *server.accept()
        };
        ASSERT_TRUE(ends.handshake());
        EXPECT_EQ(ends.server.peer_public_key(), asked ? credential.public_key() : Bytes{});
    }
}

} // namespace
