#include "base/cbor.hpp"
#include "base/utf8.hpp"

#include <array>
#include <initializer_list>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace {

using base::Errno;
using base::cbor::encoded;
using base::cbor::Reader;
using base::cbor::Writer;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (int const value : values) out.push_back(std::byte(value));
    return out;
}

// RFC 8949, appendix A.
TEST(Cbor, WritesTheExamplesOfTheRfc) {
    auto const number = [](std::int64_t n) { return encoded([=](Writer& w) { w.number(n); }); };
    EXPECT_EQ(number(0), bytes({0x00}));
    EXPECT_EQ(number(23), bytes({0x17}));
    EXPECT_EQ(number(24), bytes({0x18, 0x18}));
    EXPECT_EQ(number(255), bytes({0x18, 0xff}));
    EXPECT_EQ(number(256), bytes({0x19, 0x01, 0x00}));
    EXPECT_EQ(number(1000000), bytes({0x1a, 0x00, 0x0f, 0x42, 0x40}));
    EXPECT_EQ(number(1000000000000), bytes({0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00}));
    EXPECT_EQ(number(-1), bytes({0x20}));
    EXPECT_EQ(number(-1000), bytes({0x39, 0x03, 0xe7}));
    EXPECT_EQ(encoded([](Writer& w) { w.text("IETF"); }), bytes({0x64, 0x49, 0x45, 0x54, 0x46}));
    EXPECT_EQ(encoded([](Writer& w) { w.bytes(bytes({1, 2, 3, 4})); }), bytes({0x44, 1, 2, 3, 4}));
    EXPECT_EQ(encoded([](Writer& w) { w.simple(base::cbor::simple_true); }), bytes({0xf5}));
    EXPECT_EQ(
        encoded([](Writer& w) {
            w.map(2);
            w.number(1);
            w.number(2);
            w.number(3);
            w.number(4);
        }),
        bytes({0xa2, 1, 2, 3, 4})
    );
}

TEST(Cbor, ReadsWhatItWrites) {
    for (std::int64_t const n :
         {0L,
          23L,
          24L,
          65535L,
          65536L,
          -1L,
          -24L,
          -25L,
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min()}) {
        auto const text = encoded([=](Writer& w) { w.number(n); });
        Reader reader{text};
        EXPECT_EQ(reader.number().value(), n);
        EXPECT_TRUE(reader.at_end());
    }
}

TEST(Cbor, RefusesAnArgumentThatCouldBeShorter) {
    for (auto const& text :
         {bytes({0x18, 0x17}),
          bytes({0x19, 0x00, 0xff}),
          bytes({0x1a, 0, 0, 0xff, 0xff}),
          bytes({0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}),
          bytes({0x58, 0x01, 0x00})})
        EXPECT_EQ(Reader{text}.next().error(), Errno::BadMsg);
}

TEST(Cbor, RefusesIndefiniteLengthsReservedHeadsAndFloats) {
    for (int const head : {0x1c, 0x1f, 0x5f, 0x7f, 0x9f, 0xbf, 0xf8, 0xf9, 0xfa, 0xfb, 0xff}) {
        auto const text = bytes({head, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0xff});
        EXPECT_EQ(Reader{text}.next().error(), Errno::BadMsg) << head;
    }
}

TEST(Cbor, RefusesAStringThatEndsAfterTheInput) {
    auto const longest = bytes({0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1});
    EXPECT_EQ(Reader{longest}.bytes().error(), Errno::BadMsg);
    auto const one_short = bytes({0x43, 1, 2});
    EXPECT_EQ(Reader{one_short}.bytes().error(), Errno::BadMsg);
}

TEST(Cbor, NamesAnotherTypeAsAnErrorOfProtocol) {
    auto const text = bytes({0x01});
    EXPECT_EQ(Reader{text}.bytes().error(), Errno::Proto);
}

TEST(Cbor, SkipsAnItemWithAllThatItHolds) {
    auto const text = bytes({0xd2, 0x82, 0xa1, 0x01, 0x41, 0xff, 0x62, 0x61, 0x62, 0x05});
    Reader reader{text};
    EXPECT_EQ(reader.skip().value().size(), 9U);
    EXPECT_EQ(reader.number().value(), 5);
}

TEST(Cbor, DoesNotSkipDeeperThanItIsTold) {
    std::vector<std::byte> const nested(100, std::byte{0x81});
    EXPECT_EQ(Reader{nested}.skip().error(), Errno::BadMsg);
}

TEST(Cbor, DoesNotLoopOverANumberOfElementsThatTheInputCannotHold) {
    auto const text = bytes({0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2});
    EXPECT_EQ(Reader{text}.skip().error(), Errno::BadMsg);
}

TEST(Cbor, RefusesTextThatIsNotUtf8) {
    auto const text = bytes({0x62, 0xc0, 0x80});
    EXPECT_EQ(Reader{text}.text().error(), Errno::BadMsg);
}

TEST(Cbor, CountsWhatDoesNotFitAndWritesNothingBehindTheEnd) {
    std::array<std::byte, 4> room{};
    Writer writer{std::span{room}.first(3)};
    writer.bytes(bytes({1, 2, 3, 4}));
    EXPECT_FALSE(writer.fits());
    EXPECT_EQ(writer.size(), 5U);
    EXPECT_TRUE(writer.written().empty());
    EXPECT_EQ(room[3], std::byte{0});
}

TEST(Utf8, AcceptsEachLengthAndRefusesOverlongSurrogatesAndTheOutside) {
    EXPECT_TRUE(base::valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    for (char const* text :
         {"\xc0\xaf",
          "\xe0\x80\xaf",
          "\xed\xa0\x80",
          "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80",
          "\x80",
          "\xc3",
          "a\xff"})
        EXPECT_FALSE(base::valid_utf8(text)) << text;
}

} // namespace
