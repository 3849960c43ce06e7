#include "crypto/base64.hpp"
#include "crypto/pem.hpp"

#include <gtest/gtest.h>

namespace {

using crypto::parse_pem;

std::string const block = "-----BEGIN THING-----\nAAECAwQF\nBgcI\n-----END THING-----\n";

bool good(std::string const& text) { return parse_pem(base::view_of(text)).has_value(); }

TEST(Pem, ThatIsWrittenHereIsReadAgain) {
    for (std::size_t const size : {1, 2, 3, 47, 48, 49, 200}) {
        std::vector<std::byte> const bytes(size, std::byte{0xfb});
        auto const text = crypto::write_pem("THING", bytes);
        auto const blocks = parse_pem(base::view_of(text));
        ASSERT_TRUE(blocks) << text;
        EXPECT_TRUE(base::equal((*blocks)[0].der, bytes));
        auto const url = crypto::encode_base64url(bytes);
        EXPECT_TRUE(base::equal(crypto::decode_base64url(url).value(), bytes)) << url;
    }
}

TEST(Pem, GivesAllBlocksWithTheirLabelsAndOffsets) {
    auto const text = block + "\n" + block;
    auto const blocks = parse_pem(base::view_of(text));
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 2U);
    EXPECT_EQ((*blocks)[1].label, "THING");
    EXPECT_EQ((*blocks)[1].offset, block.size() + 1);
    EXPECT_EQ((*blocks)[0].der.size(), 9U);
}

TEST(Pem, TakesLinesThatEndInCarriageReturnToo) {
    EXPECT_TRUE(good("-----BEGIN A-----\r\nAAEC\r\n-----END A-----\r\n\r\n"));
}

TEST(Pem, RefusesAnythingBesidesBlocksAndEmptyLines) {
    EXPECT_FALSE(good(""));
    EXPECT_FALSE(good("Subject: me\n" + block));
    EXPECT_FALSE(good(block + "x"));
    EXPECT_FALSE(good(block + " \n"));
    EXPECT_FALSE(good("-----BEGIN A-----\nAAEC\n-----END B-----\n"));
    EXPECT_FALSE(good("-----BEGIN A-----\nAAEC\n"));
    EXPECT_FALSE(good("-----BEGIN A-----\n-----END A-----\n"));
    EXPECT_FALSE(
        good("-----BEGIN A-----\nAAEC\n\nAAEC\n-----END A-----\n")
    ); // an empty line inside
    EXPECT_FALSE(
        good("-----BEGIN A-----\nAAEC\nAAECAAEC\n-----END A-----\n")
    ); // a line longer than the first
    EXPECT_FALSE(good("-----BEGIN A-----\nAAEC\r-----END A-----\n"));
}

TEST(Base64, HasOneSpellingForEachValue) {
    EXPECT_TRUE(crypto::decode_base64("AA=="));
    EXPECT_FALSE(crypto::decode_base64("AB==")); // bits that nothing holds
    EXPECT_FALSE(crypto::decode_base64("AA="));
    EXPECT_FALSE(crypto::decode_base64("AA"));
    EXPECT_FALSE(crypto::decode_base64("A==="));
    EXPECT_FALSE(crypto::decode_base64("A=AA"));
    EXPECT_FALSE(crypto::decode_base64("AA-_"));
    EXPECT_TRUE(crypto::decode_base64url("AA-_"));
    EXPECT_FALSE(crypto::decode_base64url("AA=="));
    EXPECT_FALSE(crypto::decode_base64url("A"));
    EXPECT_EQ(base::text_of(*crypto::decode_base64("Zm9vYg==")), "foob");
}

} // namespace
