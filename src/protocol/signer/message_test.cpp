// What the two say to each other is read back, and nothing else is.

#include "protocol/signer/message.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace protocol::signer {
namespace {

base::Bytes<head_size> head_of(base::View message) {
    base::Bytes<head_size> out{};
    std::ranges::copy(message.first(head_size), out.begin());
    return out;
}

TEST(SignerMessage, IsReadBack) {
    auto const message = encode(Kind::AskSign, base::view_of("abc"));
    auto const head = decode_head(head_of(message), largest_body);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->kind, Kind::AskSign);
    EXPECT_EQ(head->body, 3U);
    EXPECT_EQ(base::text_of(base::View{message}.subspan(head_size)), "abc");
}

TEST(SignerMessage, OfNoKindOrTooLongIsNone) {
    auto const message = encode(Kind::AskSign, base::view_of("abc"));
    EXPECT_FALSE(decode_head(head_of(message), 2));
    auto head = head_of(message);
    for (unsigned const kind : {0U, 6U, 255U}) {
        head.back() = std::byte(kind);
        EXPECT_FALSE(decode_head(head, largest_body)) << kind;
    }
    base::Bytes<head_size> empty{};
    empty.back() = std::byte{1};
    EXPECT_FALSE(decode_head(empty, largest_body));
    base::Bytes<head_size> huge{};
    huge.fill(std::byte{0xff});
    huge.back() = std::byte{2};
    EXPECT_FALSE(decode_head(huge, largest_body));
}

TEST(SignerMessage, RefusalHasANameAndATextThatATerminalMayShow) {
    auto const message = encode(Refusal{.name = "signer-refused", .text = "no: \x1b[2J"});
    auto const refusal = decode_refusal(base::View{message}.subspan(head_size));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->name, "signer-refused");
    EXPECT_EQ(refusal->text, "no: ?[2J");
    EXPECT_FALSE(decode_refusal(base::view_of("without a name")));
    auto const long_one = encode(Refusal{.name = "a", .text = std::string(5000, 'x')});
    EXPECT_EQ(long_one.size(), head_size + largest_answer);
}

} // namespace
} // namespace protocol::signer
