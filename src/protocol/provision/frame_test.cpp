// Frames: how long they may be, of which types, and what they hold.

#include "protocol/provision/messages_for_tests.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace protocol::provision {
namespace {

using Bytes = std::vector<std::byte>;

base::Bytes<header_size> header_of(Bytes const& frame) {
    base::Bytes<header_size> out{};
    std::ranges::copy(base::View{frame}.first(header_size), out.begin());
    return out;
}

TEST(Frames, say_how_long_they_are_and_hold_one_item) {
    auto const frame = encode_frame(FrameType::Request, encode_bytes(testing::filled<60, 1>()));
    EXPECT_EQ(announced(header_of(frame), Trust::None), frame.size() - header_size);
    auto const read = decode_frame(base::View{frame}.subspan(header_size), Trust::None);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->type, FrameType::Request);
    EXPECT_TRUE(base::equal(*decode_bytes(read->body, 100), testing::filled<60, 1>()));
    EXPECT_FALSE(decode_bytes(read->body, 59));
}

TEST(Frames, before_evidence_was_accepted_are_short_and_of_few_types) {
    auto const announces = [](std::uint32_t length, Trust trust) {
        base::Bytes<header_size> header{};
        for (unsigned i = 0; i < header_size; ++i) header[i] = std::byte(length >> (24 - 8 * i));
        return announced(header, trust).has_value();
    };
    EXPECT_FALSE(announces(0, Trust::Accepted));
    EXPECT_TRUE(announces(1, Trust::None));
    EXPECT_TRUE(announces(largest_early, Trust::None));
    EXPECT_FALSE(announces(largest_early + 1, Trust::None));
    EXPECT_TRUE(announces(largest_frame, Trust::Accepted));
    EXPECT_FALSE(announces(largest_frame + 1, Trust::Accepted));
    EXPECT_FALSE(announces(0xffff'ffff, Trust::Accepted));
    for (unsigned type = 0; type < 20; ++type) {
        auto const frame = encode_frame(FrameType(type), encode_text("x"));
        auto const bytes = base::View{frame}.subspan(header_size);
        EXPECT_EQ(decode_frame(bytes, Trust::Accepted).has_value(), type >= 1 && type <= 12);
        EXPECT_EQ(
            decode_frame(bytes, Trust::None).has_value(), (type >= 1 && type <= 4) || type == 12
        ) << "a refusal may come at any time";
    }
}

TEST(Frames, carry_the_largest_part_of_a_blob) {
    Bytes const part(largest_blob_part, std::byte{1});
    auto const frame = encode_frame(
        FrameType::Blob,
        encode(Blob{.digest = testing::filled<32, 1>(), .offset = INT64_MAX, .bytes = part})
    );
    EXPECT_TRUE(announced(header_of(frame), Trust::Accepted));
    auto const read = decode_frame(base::View{frame}.subspan(header_size), Trust::Accepted);
    ASSERT_TRUE(read);
    EXPECT_EQ(decode_blob(read->body)->bytes.size(), part.size());
}

TEST(Frames, have_bodies_that_are_the_same_when_written_again) {
    auto const binding = encode(testing::binding());
    auto const body =
        encode(BindingBody{.binding = binding, .endorsements = {testing::filled<9, 1>()}});
    EXPECT_EQ(encode(*decode_binding_body(body)), body);
    auto const want = encode(Want{.digest = testing::filled<32, 1>(), .offset = 7});
    EXPECT_EQ(encode(*decode_want(want)), want);
    for (auto const& status :
         {Status{.state = State::Ended, .exit = 7, .failure = {}},
          Status{.state = State::Ended, .exit = {}, .failure = "workload-differs"}}) {
        auto const bytes = encode(status);
        EXPECT_EQ(encode(*decode_status(bytes)), bytes);
    }
    auto const stream = encode(Stream{.number = 2, .bytes = testing::filled<3, 1>()});
    EXPECT_EQ(encode(*decode_stream(stream)), stream);
    auto const command = encode(Command{.code = CommandCode::Stop, .bytes = {}});
    EXPECT_EQ(encode(*decode_command(command)), command);
    EXPECT_FALSE(decode_status(stream));
    EXPECT_FALSE(decode_stream(encode(Stream{.number = 3, .bytes = {}})));
}

} // namespace
} // namespace protocol::provision
