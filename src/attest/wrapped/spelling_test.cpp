#include "attest/wrapped/spelling.hpp"
#include "base/view.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;

// 48 bytes, 64 characters: 0xfb, 0xff, 0xbf over and over is what differs in the two alphabets.
std::string repeated(std::string_view text, unsigned times) {
    std::string out;
    for (unsigned i = 0; i < times; ++i) out += text;
    return out;
}

std::string how(std::string_view text) {
    auto const spelt = wrapped::decode(text);
    return spelt ? std::string{spelt->how} : "";
}

TEST(Spelling, HexadecimalOfEitherCaseWithLineEnds) {
    auto const text = repeated("aB\r\n", 40);
    auto const spelt = wrapped::decode(text);
    ASSERT_TRUE(spelt);
    EXPECT_EQ(spelt->how, "hexadecimal");
    EXPECT_EQ(spelt->bytes, std::vector(40, std::byte{0xab}));
}

TEST(Spelling, Base64OfEitherAlphabetWithPaddingOrWithout) {
    for (auto const* word : {"-_-_", "+/+/", "+_-/"}) {
        auto const spelt = wrapped::decode(repeated(word, 16));
        ASSERT_TRUE(spelt) << word;
        EXPECT_EQ(spelt->how, "base64");
        EXPECT_EQ(spelt->bytes.size(), 48U);
        EXPECT_EQ(spelt->bytes[0], std::byte{0xfb});
    }
    auto const long_enough = repeated("TWFu", 16);
    EXPECT_EQ(
        wrapped::decode(long_enough + "TQ==")->bytes, wrapped::decode(long_enough + "TQ")->bytes
    );
}

TEST(Spelling, AnythingElseAndWhatIsShortIsText) {
    EXPECT_EQ(how(std::string(64, 'a')), "hexadecimal");
    // Zeros in base64, but for their length.
    EXPECT_EQ(how(std::string(63, 'A')), "");
    EXPECT_EQ(how(std::string(63, 'A') + "\n"), "");
    EXPECT_EQ(how(repeated("ag", 32)), "base64") << "half of it are digits";
    EXPECT_EQ(how(std::string(65, 'a')), "") << "neither pairs of digits nor whole groups of four";
    EXPECT_EQ(how(std::string(64, 'a') + " b!"), "");
    EXPECT_EQ(how(std::string(66, 'g') + "==gg"), "") << "padding in the middle";
}

TEST(PemBlocks, EachFromItsBeginToItsEndWhateverStandsAround) {
    std::string const one = "-----BEGIN A-----\nYQ==\n-----END A-----";
    std::string const two = "-----BEGIN B-----\nYg==\n-----END B-----";
    auto const text = "words\n" + one + "\nSubject: -----\n" + two + "\nmore";
    auto const blocks = wrapped::pem_blocks(text);
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0], one);
    EXPECT_EQ(blocks[1], two);
}

TEST(PemBlocks, OneWithoutItsEndIsNone) {
    EXPECT_TRUE(wrapped::pem_blocks("-----BEGIN A-----\nYQ==\n-----END A").empty());
    EXPECT_TRUE(wrapped::pem_blocks("-----BEGIN A-----\nYQ==\n").empty());
    EXPECT_TRUE(wrapped::pem_blocks("-----END A-----\n-----BEGIN A-----").empty());
    EXPECT_TRUE(wrapped::pem_blocks("").empty());
}

} // namespace
